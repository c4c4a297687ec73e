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
//! - `grpc` (feature `client`: the messages and the client; feature `server`): the contract's service over the core.
//! - `server` (feature `server`): the transport around it: health, reflection, limits, drain.
//! - `cli` (feature `server`): the command line.
//!
//! # As a library
//!
//! Without features (`default-features = false`) the crate is the pure core, with no async runtime and no gRPC:
//!
//! ```
//! use pullquote::{
//!     cancel::Cancel,
//!     document::{Document, ReadOptions},
//!     quote::{self, extract_quotes},
//!     summary::{self, summarize},
//! };
//!
//! let article = "The wall will hold, the harbour office said on Monday. “Nobody will drown,” said Ines Calder.";
//! let document = Document::parse(article, ReadOptions::default(), Cancel::NEVER)?;
//!
//! let summary = summarize(&document, &summary::Options::default(), Cancel::NEVER)?;
//! assert!(summary.text(&document).contains("The wall will hold"));
//!
//! let quotes = extract_quotes(&document, &quote::Options::default(), Cancel::NEVER)?;
//! assert_eq!(quotes.quotes[0].quoted[0].of(article), "Nobody will drown,");
//! # Ok::<(), pullquote::cancel::Cancelled>(())
//! ```
//!
//! The feature `client` adds the generated messages and client:
//!
//! ```
//! # #[cfg(feature = "client")]
//! # mod example {
//! use pullquote::grpc::pb::v1::{
//!     Document, SummarizeRequest, document::Content, pullquote_service_client::PullquoteServiceClient,
//! };
//! use tonic::transport::Endpoint;
//!
//! # pub
//! async fn summary(address: String, article: &str) -> Result<String, Box<dyn std::error::Error>> {
//!     let mut client = PullquoteServiceClient::new(Endpoint::try_from(address)?.connect().await?);
//!     let document = Document { content: Some(Content::Text(article.to_owned())), ..Default::default() };
//!     let request = SummarizeRequest { document: Some(document), ..Default::default() };
//!     Ok(client.summarize(request).await?.into_inner().summary)
//! }
//! # }
//! # #[cfg(feature = "client")]
//! # tokio_test::block_on(async {
//! # let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
//! # assert!(example::summary(format!("http://{nobody}"), "Nobody listens.").await.is_err());
//! # });
//! ```
//!
//! The feature `server` (on by default) adds the service and the command line:
//!
//! ```
//! # #[cfg(feature = "server")]
//! # tokio_test::block_on(async {
//! use pullquote::{
//!     config::{Config, ServeArgs},
//!     grpc::pb::health::{HealthCheckRequest, health_client::HealthClient},
//!     server::{Listener, Listeners, serve},
//! };
//! use tokio::{net::TcpListener, sync::oneshot};
//!
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! let address = listener.local_addr()?;
//! let args = ServeArgs { drain_delay: Some("0s".to_owned()), ..Default::default() };
//! let config = Config::resolve(&args, &|_variable| None)?;
//! let (stop, stopped) = oneshot::channel::<()>();
//! let serving = tokio::spawn(async move {
//!     let listeners = Listeners { grpc: Listener::Tcp(listener), metrics: None };
//!     serve(listeners, config, async { drop(stopped.await) }).await
//! });
//!
//! let channel = tonic::transport::Endpoint::try_from(format!("http://{address}"))?.connect().await?;
//! let health = HealthClient::new(channel).check(HealthCheckRequest::default()).await?.into_inner();
//! assert_eq!(health.status().as_str_name(), "SERVING");
//!
//! drop(stop);
//! serving.await??;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
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
