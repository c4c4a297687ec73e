//! What a command does with one article, here or at a server.

use serde::Serialize;

use super::{
    args::{ArticleArgs, QuotesArgs, ReadArgs, ServerArgs, SummarizeArgs},
    article::Article,
    fault::Failure,
    json::Canonical,
    reading::Reading,
    remote::Remote,
    terminal::{Note, Page},
};
use crate::{
    cancel::Cancel,
    grpc::{
        convert::{self, Limits},
        pb::v1 as pb,
        status::Fault,
    },
    quote, summary,
};

/// What a command does with one article.
pub(super) trait Task: Send + Sync + 'static {
    /// What it answers.
    type Response;

    fn article_args(&self) -> &ArticleArgs;

    /// How many articles are worth working on at once.
    fn at_once(&self) -> usize;

    fn answer(&self, article: Article) -> Result<Answer<Self::Response>, pb::ItemError>;

    fn json(response: &Self::Response, emit_defaults: bool) -> impl Serialize;

    fn show(&self, answer: &Answer<Self::Response>, page: &mut Page);
}

/// A response, and what is told beside it.
#[derive(Debug)]
pub(super) struct Answer<R> {
    pub(super) response: R,
    /// Why each sentence was chosen; empty unless asked for.
    pub(super) notes: Vec<Note>,
}

impl<R> From<R> for Answer<R> {
    fn from(response: R) -> Self {
        Self { response, notes: Vec::new() }
    }
}

/// `pullquote summarize`.
pub(super) struct Summarize {
    args: SummarizeArgs,
    remote: Option<Remote>,
}

impl Summarize {
    pub(super) fn new(args: SummarizeArgs) -> Result<Self, Failure> {
        let remote = remote(&args.server)?;
        Ok(Self { args, remote })
    }

    fn request(&self, article: Article) -> pb::SummarizeRequest {
        let args = &self.args;
        pb::SummarizeRequest {
            query: or(article.query.clone(), &args.query),
            document: Some(document(article, &args.article)),
            max_sentence_count: args.sentences,
            max_word_count: args.words,
            max_char_count: args.chars,
            centrality: pb::Centrality::from(args.centrality).into(),
            sentence_order: pb::SentenceOrder::from(args.order).into(),
            encoding_type: pb::EncodingType::from(args.article.encoding).into(),
        }
    }

    fn answer_here(&self, request: &pb::SummarizeRequest) -> Result<Answer<pb::SummarizeResponse>, Fault> {
        let (article, options) = convert::summarize_request(request, &Limits::NONE)?;
        let document = article.read(Cancel::NEVER)?;
        let summary = summary::summarize(&document, &options, Cancel::NEVER)?;
        let response = convert::summarize_response(&article, &document, &summary);
        let notes = if self.args.verbose { summary.sentences.iter().map(Note::of).collect() } else { Vec::new() };
        Ok(Answer { response, notes })
    }
}

impl Task for Summarize {
    type Response = pb::SummarizeResponse;

    fn article_args(&self) -> &ArticleArgs {
        &self.args.article
    }

    fn at_once(&self) -> usize {
        at_once(self.remote.as_ref())
    }

    fn answer(&self, article: Article) -> Result<Answer<pb::SummarizeResponse>, pb::ItemError> {
        let request = self.request(article);
        match &self.remote {
            Some(remote) => remote.summarize(request).map(Answer::from),
            None => self.answer_here(&request).map_err(|fault| fault.item_error()),
        }
    }

    fn json(response: &pb::SummarizeResponse, emit_defaults: bool) -> impl Serialize {
        Canonical { message: response, name: "pullquote.v1.SummarizeResponse", emit_defaults }
    }

    fn show(&self, answer: &Answer<pb::SummarizeResponse>, page: &mut Page) {
        page.summary(&answer.response, &answer.notes);
    }
}

/// `pullquote quotes`.
pub(super) struct Quotes {
    args: QuotesArgs,
    remote: Option<Remote>,
}

impl Quotes {
    pub(super) fn new(args: QuotesArgs) -> Result<Self, Failure> {
        let remote = remote(&args.server)?;
        Ok(Self { args, remote })
    }

    fn request(&self, article: Article) -> pb::ExtractQuotesRequest {
        let args = &self.args;
        pb::ExtractQuotesRequest {
            document: Some(document(article, &args.article)),
            include_indirect: args.indirect,
            min_confidence: args.min_confidence,
            encoding_type: pb::EncodingType::from(args.article.encoding).into(),
        }
    }
}

fn quotes_here(request: &pb::ExtractQuotesRequest) -> Result<pb::ExtractQuotesResponse, Fault> {
    let (article, options) = convert::extract_quotes_request(request, &Limits::NONE)?;
    let document = article.read(Cancel::NEVER)?;
    let quotes = quote::extract_quotes(&document, &options, Cancel::NEVER)?;
    Ok(convert::extract_quotes_response(&article, &document, &quotes))
}

impl Task for Quotes {
    type Response = pb::ExtractQuotesResponse;

    fn article_args(&self) -> &ArticleArgs {
        &self.args.article
    }

    fn at_once(&self) -> usize {
        at_once(self.remote.as_ref())
    }

    fn answer(&self, article: Article) -> Result<Answer<pb::ExtractQuotesResponse>, pb::ItemError> {
        let request = self.request(article);
        match &self.remote {
            Some(remote) => remote.extract_quotes(request).map(Answer::from),
            None => quotes_here(&request).map(Answer::from).map_err(|fault| fault.item_error()),
        }
    }

    fn json(response: &pb::ExtractQuotesResponse, emit_defaults: bool) -> impl Serialize {
        Canonical { message: response, name: "pullquote.v1.ExtractQuotesResponse", emit_defaults }
    }

    fn show(&self, answer: &Answer<pb::ExtractQuotesResponse>, page: &mut Page) {
        page.quotes(&answer.response);
    }
}

/// `pullquote read`.
pub(super) struct Read(ReadArgs);

impl Read {
    pub(super) fn new(args: ReadArgs) -> Self {
        Self(args)
    }

    fn answer_here(&self, article: Article) -> Result<Reading, Fault> {
        let args = &self.0.article;
        let request = pb::ExtractQuotesRequest {
            document: Some(document(article, args)),
            encoding_type: pb::EncodingType::from(args.encoding).into(),
            ..pb::ExtractQuotesRequest::default()
        };
        let (article, _) = convert::extract_quotes_request(&request, &Limits::NONE)?;
        let document = article.read(Cancel::NEVER)?;
        Ok(Reading::of(&article, &document))
    }
}

impl Task for Read {
    type Response = Reading;

    fn article_args(&self) -> &ArticleArgs {
        &self.0.article
    }

    fn at_once(&self) -> usize {
        at_once(None)
    }

    fn answer(&self, article: Article) -> Result<Answer<Reading>, pb::ItemError> {
        self.answer_here(article).map(Answer::from).map_err(|fault| fault.item_error())
    }

    fn json(response: &Reading, _emit_defaults: bool) -> impl Serialize {
        response
    }

    fn show(&self, answer: &Answer<Reading>, page: &mut Page) {
        page.reading(&answer.response);
    }
}

fn document(article: Article, args: &ArticleArgs) -> pb::Document {
    pb::Document {
        content: article.content,
        title: or(article.title, &args.title),
        language_code: or(article.language_code, &args.language),
        keep_boilerplate: args.keep_boilerplate,
    }
}

fn or(own: String, otherwise: &str) -> String {
    if own.is_empty() { otherwise.to_owned() } else { own }
}

fn remote(args: &ServerArgs) -> Result<Option<Remote>, Failure> {
    args.server.as_deref().map(|url| Remote::connect(url, args)).transpose()
}

fn at_once(remote: Option<&Remote>) -> usize {
    if remote.is_some() { Remote::AT_ONCE } else { std::thread::available_parallelism().map_or(1, Into::into) }
}
