//! The two things the service does, each for a unary call and for the items of a stream.

use serde::{Serialize, de::DeserializeOwned};

use super::{
    convert::{self, Limits},
    pb::v1 as pb,
    status::Fault,
};
use crate::{
    cancel::{Cancel, Cancelled},
    quote, summary,
    telemetry::metrics::{Metrics, Stage},
};

/// A page takes so many times longer to read than its size in plain text.
const HTML_WEIGHT: usize = 4;

/// What answers a request for one article.
pub trait Method: Send + Sync + 'static {
    /// Its name in metrics and logs.
    const NAME: &'static str;
    /// A request.
    type Request: prost::Message + Default + DeserializeOwned + Send + 'static;
    /// Its response.
    type Response: prost::Message + Serialize + Send + 'static;
    /// A stream's request.
    type Item: prost::Message + Default + Send + 'static;
    /// A stream's response.
    type Answer: Send + 'static;

    /// The article; none when the caller forgot it.
    fn document(request: &Self::Request) -> Option<&pb::Document>;
    /// What a request holds in memory.
    fn message_bytes(request: &Self::Request) -> usize;
    /// Reads, computes and answers.
    ///
    /// # Errors
    ///
    /// What is wrong with the request, or [`Fault::Cancelled`].
    fn answer(
        request: Self::Request,
        limits: &Limits,
        metrics: &Metrics,
        cancel: Cancel<'_>,
    ) -> Result<Self::Response, Fault>;
    /// How many sentences or quotes a response has.
    fn result_count(response: &Self::Response) -> usize;

    /// What an item holds in memory.
    fn item_bytes(item: &Self::Item) -> usize {
        prost::Message::encoded_len(item)
    }
    /// An item's id and request.
    fn open(item: Self::Item, limits: &Limits) -> (String, Result<Self::Request, Fault>);
    /// An item's answer.
    fn close(id: String, result: Result<Self::Response, pb::ItemError>) -> Self::Answer;

    /// The article's size.
    fn article_bytes(request: &Self::Request) -> usize {
        content(Self::document(request)).0
    }
    /// How much work the article is, as a size of plain text.
    fn weight(request: &Self::Request) -> usize {
        let (bytes, is_html) = content(Self::document(request));
        if is_html { bytes * HTML_WEIGHT } else { bytes }
    }
}

fn content(document: Option<&pb::Document>) -> (usize, bool) {
    match document.and_then(|document| document.content.as_ref()) {
        Some(pb::document::Content::Text(text)) => (text.len(), false),
        Some(pb::document::Content::Html(page)) => (page.len(), true),
        None => (0, false),
    }
}

fn request_of<R>(id: &str, request: Option<R>, limits: &Limits) -> Result<R, Fault> {
    convert::item_id(id, limits)?;
    request.ok_or_else(convert::missing_request)
}

impl From<Cancelled> for Fault {
    fn from(Cancelled: Cancelled) -> Self {
        Self::Cancelled
    }
}

/// Picks the sentences of an article that say most.
#[derive(Debug)]
pub struct Summarize;

impl Method for Summarize {
    const NAME: &'static str = "pullquote.v1.PullquoteService/Summarize";
    type Request = pb::SummarizeRequest;
    type Response = pb::SummarizeResponse;
    type Item = pb::SummarizeStreamRequest;
    type Answer = pb::SummarizeStreamResponse;

    fn document(request: &Self::Request) -> Option<&pb::Document> {
        request.document.as_ref()
    }

    fn message_bytes(request: &Self::Request) -> usize {
        prost::Message::encoded_len(request)
    }

    fn answer(
        request: Self::Request,
        limits: &Limits,
        metrics: &Metrics,
        cancel: Cancel<'_>,
    ) -> Result<Self::Response, Fault> {
        let (article, options) = convert::summarize_request(&request, limits)?;
        let document = metrics.timed(Stage::Read, || article.read(cancel))?;
        let summary = metrics.timed(Stage::Summarize, || summary::summarize(&document, &options, cancel))?;
        Ok(metrics.timed(Stage::Respond, || convert::summarize_response(&article, &document, &summary)))
    }

    fn result_count(response: &Self::Response) -> usize {
        response.sentences.len()
    }

    fn open(item: Self::Item, limits: &Limits) -> (String, Result<Self::Request, Fault>) {
        let request = request_of(&item.id, item.request, limits);
        (item.id, request)
    }

    fn close(id: String, result: Result<Self::Response, pb::ItemError>) -> Self::Answer {
        use pb::summarize_stream_response::Result as Outcome;
        pb::SummarizeStreamResponse { id, result: Some(result.map_or_else(Outcome::Error, Outcome::Response)) }
    }
}

/// Finds the quotes of an article and who said each.
#[derive(Debug)]
pub struct ExtractQuotes;

impl Method for ExtractQuotes {
    const NAME: &'static str = "pullquote.v1.PullquoteService/ExtractQuotes";
    type Request = pb::ExtractQuotesRequest;
    type Response = pb::ExtractQuotesResponse;
    type Item = pb::ExtractQuotesStreamRequest;
    type Answer = pb::ExtractQuotesStreamResponse;

    fn document(request: &Self::Request) -> Option<&pb::Document> {
        request.document.as_ref()
    }

    fn message_bytes(request: &Self::Request) -> usize {
        prost::Message::encoded_len(request)
    }

    fn answer(
        request: Self::Request,
        limits: &Limits,
        metrics: &Metrics,
        cancel: Cancel<'_>,
    ) -> Result<Self::Response, Fault> {
        let (article, options) = convert::extract_quotes_request(&request, limits)?;
        let document = metrics.timed(Stage::Read, || article.read(cancel))?;
        let quotes = metrics.timed(Stage::ExtractQuotes, || quote::extract_quotes(&document, &options, cancel))?;
        Ok(metrics.timed(Stage::Respond, || convert::extract_quotes_response(&article, &document, &quotes)))
    }

    fn result_count(response: &Self::Response) -> usize {
        response.quotes.len()
    }

    fn open(item: Self::Item, limits: &Limits) -> (String, Result<Self::Request, Fault>) {
        let request = request_of(&item.id, item.request, limits);
        (item.id, request)
    }

    fn close(id: String, result: Result<Self::Response, pb::ItemError>) -> Self::Answer {
        use pb::extract_quotes_stream_response::Result as Outcome;
        pb::ExtractQuotesStreamResponse { id, result: Some(result.map_or_else(Outcome::Error, Outcome::Response)) }
    }
}
