//! The integration tests, one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod admission;
mod architecture;
mod cli;
mod connect;
mod contract;
mod deadlines;
mod draining;
mod errors;
mod extract_quotes;
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
mod quotes;
mod reading;
mod real_article;
mod seeds;
mod summarize;
mod support;
mod tls;
