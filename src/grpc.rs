//! The contract's service over the core.

pub mod pb;
