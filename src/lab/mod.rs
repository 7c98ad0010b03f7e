//! Real packets: a network as namespaces of the Linux kernel, and what the kernel does against what the solver says.
//!
//! In: the devices of a policy as read back. Out: how many packets were sent, and every one on which kernel and solver
//! differ. Lists of any dialect are run as nft rules that are made from the boxes they were read as, so what is tested is
//! the reading, the sets and the walk, on a forwarding plane that none of us wrote.
//! [`draw`], [`plan`], [`flows`], [`frame`], [`hosts`], [`sessions`], [`opinion`] and [`outcome`] are plain data; only `shell`,
//! `wire`, `run`, `change` and `witness` (crafted frames) and `sockets` (sessions of the kernel's own) touch the kernel, on Linux, inside
//! namespaces that end with the process. Must not know: formats of output.

#[cfg(target_os = "linux")]
pub mod change;
pub mod draw;
pub mod flows;
pub mod frame;
pub mod hosts;
pub mod opinion;
pub mod outcome;
pub mod plan;
#[cfg(target_os = "linux")]
pub mod run;
pub mod sessions;
#[cfg(target_os = "linux")]
pub mod shell;
#[cfg(target_os = "linux")]
pub mod sockets;
#[cfg(target_os = "linux")]
mod wire;
#[cfg(target_os = "linux")]
pub mod witness;
