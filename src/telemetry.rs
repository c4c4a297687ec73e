//! Logs, traces and metrics. None of them ever holds a word of an article.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

mod json;
mod lines;
pub mod metrics;
pub mod trace;
