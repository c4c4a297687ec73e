//! What can be asked on the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::grpc::pb::v1 as pb;

/// The flags that `summarize`, `quotes` and `read` share.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags that are independent of each other")]
pub(super) struct ArticleArgs {
    /// The article; standard input when "-" or nothing
    #[arg(value_name = "FILE")]
    pub(super) file: Option<PathBuf>,

    /// How to answer: for a person to read, or as the service's JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,

    /// The article is a page of HTML; offsets then refer to the answer's extracted text
    #[arg(long)]
    pub(super) html: bool,

    /// The headline; found in the article when not given
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(super) title: String,

    /// The language as a BCP-47 code such as "en" or "de-AT"; detected when not given
    #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true)]
    pub(super) language: String,

    /// The units of every offset: bytes, UTF-16 code units or code points
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    pub(super) encoding: Encoding,

    /// Keep page furniture: share bars, teasers, comment forms
    #[arg(long)]
    pub(super) keep_boilerplate: bool,

    /// Write default values out too, as grpcurl's -emit-defaults does
    #[arg(long)]
    pub(super) emit_defaults: bool,

    /// Read one article a line, {"id": "…", "text": "…"} (or "html"; optional "title", "languageCode", "query"), and
    /// answer each with a line of JSON, in the same order
    #[arg(long)]
    pub(super) jsonl: bool,
}

/// The flags of `pullquote summarize`.
#[derive(Clone, Debug, Args)]
pub(super) struct SummarizeArgs {
    #[command(flatten)]
    pub(super) article: ArticleArgs,

    /// The most sentences [default when no budget is set: 3]
    #[arg(long, value_name = "COUNT", default_value_t = 0, hide_default_value = true, value_parser = budget())]
    pub(super) sentences: i32,

    /// The most words
    #[arg(long, value_name = "COUNT", default_value_t = 0, hide_default_value = true, value_parser = budget())]
    pub(super) words: i32,

    /// The most characters of the summary as a whole
    #[arg(long, value_name = "COUNT", default_value_t = 0, hide_default_value = true, value_parser = budget())]
    pub(super) chars: i32,

    /// What you are after: sentences near it gain weight
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(super) query: String,

    /// How sentences are ranked
    #[arg(long, value_enum, default_value_t = Centrality::Default)]
    pub(super) centrality: Centrality,

    /// The order of the chosen sentences
    #[arg(long, value_enum, default_value_t = Order::Reading)]
    pub(super) order: Order,

    /// Say why each sentence was chosen
    #[arg(short, long, conflicts_with_all = ["jsonl", "server"])]
    pub(super) verbose: bool,

    #[command(flatten)]
    pub(super) server: ServerArgs,
}

/// The flags of `pullquote quotes`.
#[derive(Clone, Debug, Args)]
pub(super) struct QuotesArgs {
    #[command(flatten)]
    pub(super) article: ArticleArgs,

    /// Also find speech that is reported without quotation marks
    #[arg(long)]
    pub(super) indirect: bool,

    /// From 0 to 1: leave out attributions that are less certain
    #[arg(long, value_name = "NUMBER", default_value_t = 0.0, hide_default_value = true, value_parser = confidence)]
    pub(super) min_confidence: f32,

    #[command(flatten)]
    pub(super) server: ServerArgs,
}

/// The flags of `pullquote read`.
#[derive(Clone, Debug, Args)]
pub(super) struct ReadArgs {
    #[command(flatten)]
    pub(super) article: ArticleArgs,
}

/// The running service to ask instead of this process.
#[derive(Clone, Debug, Args)]
pub(super) struct ServerArgs {
    /// Ask a running service: http://HOST:PORT, https://HOST:PORT or unix:PATH
    #[arg(long, value_name = "URL")]
    pub(super) server: Option<String>,

    /// The authorities that may have signed the server's certificate, PEM
    #[arg(long, value_name = "FILE", requires = "server")]
    pub(super) ca: Option<PathBuf>,

    /// The certificate to show to the server, PEM
    #[arg(long, value_name = "FILE", requires_all = ["server", "key"])]
    pub(super) cert: Option<PathBuf>,

    /// Its private key, PEM
    #[arg(long, value_name = "FILE", requires_all = ["server", "cert"])]
    pub(super) key: Option<PathBuf>,
}

/// How to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For a person to read
    Text,
    /// The canonical JSON of the service's response
    Json,
}

/// The units of offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Encoding {
    /// Bytes: Go, C++, Rust
    Utf8,
    /// Code units: Java, C#, JavaScript
    Utf16,
    /// Code points: Python
    Utf32,
}

/// How sentences are ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Centrality {
    /// Directed centrality with learned priors: the best measured
    Default,
    /// Erkan and Radev 2004
    Lexrank,
    /// Mihalcea and Tarau 2004
    Textrank,
    /// Degree centrality, Erkan and Radev 2004
    Degree,
    /// Zheng and Lapata 2019
    Directed,
}

/// The order of the chosen sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Order {
    /// As they stand in the article
    Reading,
    /// The most salient first
    Salience,
}

impl From<Encoding> for pb::EncodingType {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Utf8 => Self::Utf8,
            Encoding::Utf16 => Self::Utf16,
            Encoding::Utf32 => Self::Utf32,
        }
    }
}

impl From<Centrality> for pb::Centrality {
    fn from(centrality: Centrality) -> Self {
        match centrality {
            Centrality::Default => Self::Unspecified,
            Centrality::Lexrank => Self::Lexrank,
            Centrality::Textrank => Self::Textrank,
            Centrality::Degree => Self::Degree,
            Centrality::Directed => Self::Directed,
        }
    }
}

impl From<Order> for pb::SentenceOrder {
    fn from(order: Order) -> Self {
        match order {
            Order::Reading => Self::Reading,
            Order::Salience => Self::Salience,
        }
    }
}

fn budget() -> clap::builder::RangedI64ValueParser<i32> {
    clap::value_parser!(i32).range(0..)
}

fn confidence(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(confidence) if (0.0..=1.0).contains(&confidence) => Ok(confidence),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}
