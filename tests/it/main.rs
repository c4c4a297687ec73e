//! The integration tests, one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod errors;
mod golden;
mod in_process;
mod invariants;
mod parsers;
mod properties;
mod seeds;
mod support;
