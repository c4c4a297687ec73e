//! Pullquote reads news articles for other services: [`summary::summarize`] picks the sentences that say most, and
//! [`quote::extract_quotes`] finds who said what. All it returns is verbatim: spans of the text it was given.
//!
//! # The map, in reading order
//!
//! `text <- document <- {summary, quote} <- grpc <- server <- main`; `cli` calls the same functions as `grpc`.
//!
//! - [`text`]: what a span, a token and a sentence are.
//! - [`document`]: an article read once, into paragraphs, sentences and tokens.
//! - [`summary`]: terms, similarity, centrality, salience, selection.
//! - [`quote`]: cues, sources, contents, attribution, speakers.
//! - `grpc` (feature `server`): the contract's service over the core.
//! - `server` (feature `server`): the transport around it: health, reflection, limits, drain.
//! - `cli` (feature `server`): the command line.
//!
//! # Invariants
//!
//! - Everything returned from an article is a slice of it, on character boundaries.
//! - The core (`text`, `document`, `summary`, `quote`) does no I/O, asks no clock and no environment, and cannot fail
//!   but by [`cancel::Cancelled`] and [`document::html::UnreadableHtml`].
//! - The same input gives the same output.

pub mod cancel;
pub mod document;
pub mod quote;
pub mod summary;
pub mod text;

#[cfg(feature = "server")]
pub mod cli;
#[cfg(feature = "server")]
pub mod config;
#[cfg(feature = "messages")]
pub mod grpc;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod telemetry;
