//! Packet sets.
