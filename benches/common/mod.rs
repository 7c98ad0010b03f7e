//! What the benchmarks share: clocks, the memory of the process, a process per case.
#![allow(dead_code, reason = "each benchmark uses its part")]

pub(crate) mod bdd;

use std::time::Instant;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Milliseconds that some work takes, and its result. With `BENCH_CPU=1` in the environment it is time of the processor, for
/// machines that do other work as well; what other threads take is not seen then.
pub(crate) fn once<T>(work: impl FnOnce() -> T) -> (f64, T) {
    if std::env::var_os("BENCH_CPU").is_some() {
        let start = on_processor();
        let result = work();
        return (on_processor() - start, result);
    }
    on_clock(work)
}

/// The same by the clock, whatever the environment says.
pub(crate) fn on_clock<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64() * 1000.0, result)
}

/// Milliseconds that this thread has run; 0 where the system does not say.
fn on_processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next();
    let nanoseconds = nanoseconds.and_then(|word| word.parse::<f64>().ok());
    nanoseconds.unwrap_or(0.0) / 1e6
}

/// The best of some times in milliseconds (neighbours on the machine only ever add to it), and a result.
pub(crate) fn best<T>(repeats: usize, mut work: impl FnMut() -> T) -> (f64, T) {
    let mut best = once(&mut work);
    for _ in 1..repeats {
        let next = once(&mut work);
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}

/// Most memory this process ever had, in megabytes; 0 where the system does not say.
pub(crate) fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    number.unwrap_or(0) / 1024
}

/// Runs this program again for each case by its number, so that each has a peak of its own.
pub(crate) fn each_alone(cases: usize) {
    for number in 0..cases {
        let me = std::env::current_exe().expect("this program is running");
        let status = std::process::Command::new(me)
            .arg(number.to_string())
            .status();
        assert!(status.is_ok_and(|status| status.success()), "case {number}");
    }
}
