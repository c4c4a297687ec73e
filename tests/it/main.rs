//! The integration tests, one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod admission;
mod connect;
mod deadlines;
mod draining;
mod errors;
mod golden;
mod grpc_web;
mod health;
mod in_process;
mod invariants;
mod limits;
mod metrics;
mod parsers;
mod plain;
mod playground;
mod process;
mod properties;
mod seeds;
mod support;
mod tls;
