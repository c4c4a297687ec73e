//! From the contract's messages to the core's terms, and back.
//!
//! A request is checked whole: every violation is told, not the first. A response is made with offsets in bytes, which
//! one forward pass over the text then turns into the caller's units.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

use super::{
    pb::v1 as pb,
    status::{Fault, InvalidReason, Violation},
};
use crate::{
    cancel::Cancel,
    document::{Document, ReadOptions, html::UnreadableHtml},
    quote::{self, Form, Quotes},
    summary::{self, Budget, Centrality, Order, Summary},
    text::{self, Span, offset::Encoding},
};

/// The contract's sizes, in bytes of UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of `document.text`.
    pub text_bytes: usize,
    /// Of `document.html`.
    pub html_bytes: usize,
    /// Of `document.title`.
    pub title_bytes: usize,
    /// Of `query`.
    pub query_bytes: usize,
    /// Of a stream item's `id`.
    pub id_bytes: usize,
}

impl Limits {
    /// None: for a caller in the same process.
    pub const NONE: Self = Self {
        text_bytes: usize::MAX,
        html_bytes: usize::MAX,
        title_bytes: usize::MAX,
        query_bytes: usize::MAX,
        id_bytes: usize::MAX,
    };
}

/// A checked article.
#[derive(Clone, Copy, Debug)]
pub struct Article<'a> {
    content: Content<'a>,
    options: ReadOptions<'a>,
    /// The units of the response's offsets.
    pub encoding: Encoding,
}

#[derive(Clone, Copy, Debug)]
enum Content<'a> {
    Text(&'a str),
    Html(&'a str),
}

impl<'a> Article<'a> {
    /// Whether it is a page.
    #[must_use]
    pub fn is_html(&self) -> bool {
        matches!(self.content, Content::Html(_))
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`Fault::Invalid`] of a page that cannot be read, or [`Fault::Cancelled`].
    pub fn read(&self, cancel: Cancel<'_>) -> Result<Document<'a>, Fault> {
        match self.content {
            Content::Text(text) => Document::parse(text, self.options, cancel).map_err(Fault::from),
            Content::Html(page) => Document::parse_html(page, self.options, cancel).map_err(|error| match error {
                UnreadableHtml::Cancelled => Fault::Cancelled,
                UnreadableHtml::TooDeep | UnreadableHtml::NoText => Fault::Invalid {
                    reason: InvalidReason::UnreadableHtml,
                    violations: vec![Violation { field: "document.html".to_owned(), description: error.to_string() }],
                },
            }),
        }
    }
}

/// Checks a request to summarize.
///
/// # Errors
///
/// [`Fault::Invalid`] with every violation.
pub fn summarize_request<'a>(
    request: &'a pb::SummarizeRequest,
    limits: &Limits,
) -> Result<(Article<'a>, summary::Options<'a>), Fault> {
    let mut check = Check::default();
    let article = check.article(request.document.as_ref(), request.encoding_type, limits);
    let budget = Budget {
        max_sentence_count: check.budget("max_sentence_count", request.max_sentence_count),
        max_word_count: check.budget("max_word_count", request.max_word_count),
        max_char_count: check.budget("max_char_count", request.max_char_count),
    };
    check.size("query", &request.query, limits.query_bytes);
    let centrality = match check.known("centrality", pb::Centrality::try_from(request.centrality).ok()) {
        pb::Centrality::Unspecified => Centrality::Learned,
        pb::Centrality::Lexrank => Centrality::LexRank,
        pb::Centrality::Textrank => Centrality::TextRank,
        pb::Centrality::Degree => Centrality::Degree,
        pb::Centrality::Directed => Centrality::Directed,
    };
    let order = match check.known("sentence_order", pb::SentenceOrder::try_from(request.sentence_order).ok()) {
        pb::SentenceOrder::Unspecified | pb::SentenceOrder::Reading => Order::Reading,
        pb::SentenceOrder::Salience => Order::Salience,
    };
    let options = summary::Options { budget, query: &request.query, centrality, order };
    check.finish().map(|()| (article, options))
}

/// Checks a request for quotes.
///
/// # Errors
///
/// [`Fault::Invalid`] with every violation.
pub fn extract_quotes_request<'a>(
    request: &'a pb::ExtractQuotesRequest,
    limits: &Limits,
) -> Result<(Article<'a>, quote::Options), Fault> {
    let mut check = Check::default();
    let article = check.article(request.document.as_ref(), request.encoding_type, limits);
    if !(0.0..=1.0).contains(&request.min_confidence) {
        check.wrong("min_confidence", format!("must be from 0 to 1, not {}", request.min_confidence));
    }
    let options = quote::Options { include_indirect: request.include_indirect, min_confidence: request.min_confidence };
    check.finish().map(|()| (article, options))
}

/// Checks a stream item's id.
///
/// # Errors
///
/// [`Fault::Invalid`] when it is too long.
pub fn item_id(id: &str, limits: &Limits) -> Result<(), Fault> {
    let mut check = Check::default();
    check.size("id", id, limits.id_bytes);
    check.finish()
}

/// A stream's item that holds no request.
#[must_use]
pub fn missing_request() -> Fault {
    let violation = Violation { field: "request".to_owned(), description: "is required".to_owned() };
    Fault::Invalid { reason: InvalidReason::InvalidRequest, violations: vec![violation] }
}

/// What was found wrong so far.
#[derive(Debug, Default)]
struct Check {
    wrong: Vec<Violation>,
    too_large_count: usize,
}

impl Check {
    fn wrong(&mut self, field: &str, description: impl Into<String>) {
        self.wrong.push(Violation { field: field.to_owned(), description: description.into() });
    }

    fn size(&mut self, field: &str, value: &str, limit: usize) {
        if value.len() > limit {
            self.too_large_count += 1;
            self.wrong(field, format!("has {} bytes, more than the limit of {limit}; send less", value.len()));
        }
    }

    fn budget(&mut self, field: &str, budget: i32) -> Option<u32> {
        if budget < 0 {
            self.wrong(field, format!("must not be negative, as {budget} is; 0 sets no limit"));
        }
        u32::try_from(budget).ok().filter(|&budget| budget > 0)
    }

    fn known<T: Default>(&mut self, field: &str, value: Option<T>) -> T {
        value.unwrap_or_else(|| {
            self.wrong(field, "is no value this server knows");
            T::default()
        })
    }

    fn article<'a>(&mut self, document: Option<&'a pb::Document>, encoding_type: i32, limits: &Limits) -> Article<'a> {
        let encoding = match self.known("encoding_type", pb::EncodingType::try_from(encoding_type).ok()) {
            pb::EncodingType::Unspecified | pb::EncodingType::Utf8 => Encoding::Utf8,
            pb::EncodingType::Utf16 => Encoding::Utf16,
            pb::EncodingType::Utf32 => Encoding::Utf32,
        };
        let Some(document) = document else {
            self.wrong("document", "is required");
            return Article { content: Content::Text(""), options: ReadOptions::default(), encoding };
        };
        let (field, words, limit, content) = match &document.content {
            Some(pb::document::Content::Html(page)) => {
                ("document.html", page.as_str(), limits.html_bytes, Content::Html(page))
            }
            Some(pb::document::Content::Text(text)) => {
                ("document.text", text.as_str(), limits.text_bytes, Content::Text(text))
            }
            None => ("document.text", "", limits.text_bytes, Content::Text("")),
        };
        if is_blank(words) {
            self.wrong(field, "is required and must hold more than white space");
        }
        self.size(field, words, limit);
        self.size("document.title", &document.title, limits.title_bytes);
        if !document.language_code.is_empty() && !is_language_code(&document.language_code) {
            self.wrong("document.language_code", "is no BCP-47 code such as en or de-AT; leave it empty to detect it");
        }
        let options = ReadOptions {
            title: &document.title,
            language_code: &document.language_code,
            keep_boilerplate: document.keep_boilerplate,
        };
        Article { content, options, encoding }
    }

    fn finish(self) -> Result<(), Fault> {
        if self.wrong.is_empty() {
            return Ok(());
        }
        let only_too_large = self.too_large_count == self.wrong.len();
        let reason = if only_too_large { InvalidReason::TooLarge } else { InvalidReason::InvalidRequest };
        Err(Fault::Invalid { reason, violations: self.wrong })
    }
}

/// Whether nothing of it can be seen.
fn is_blank(text: &str) -> bool {
    let is_unseen =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    text.chars().all(is_unseen)
}

/// Whether it is formed as BCP-47 has it: a language of letters, then subtags of letters and digits.
fn is_language_code(code: &str) -> bool {
    let mut subtags = code.split('-');
    let language = subtags.next().unwrap_or_default();
    let is_private = matches!(language, "x" | "X" | "i" | "I") && code.len() > 2;
    let is_language = matches!(language.len(), 2..=8) && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_language || is_private)
        && subtags
            .all(|subtag| matches!(subtag.len(), 1..=8) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Makes the response to a request to summarize.
#[must_use]
pub fn summarize_response(article: &Article, document: &Document, summary: &Summary) -> pb::SummarizeResponse {
    let sentences = summary.sentences.iter().filter_map(|chosen| {
        let sentence = document.sentences.get(chosen.sentence as usize)?;
        Some(pb::SummarySentence {
            text: Some(text_span(document, sentence.span)),
            sentence_index: count(chosen.body_index as usize),
            paragraph_index: paragraph_index(document, sentence.paragraph),
            salience: chosen.salience,
        })
    });
    let mut response = pb::SummarizeResponse {
        sentences: sentences.collect(),
        summary: summary.text(document),
        title: document.title().to_owned(),
        language_code: document.language_code.to_string(),
        sentence_count: count(document.body().count()),
        boilerplate: text_spans(document, &document.boilerplate()),
        extracted_text: if article.is_html() { document.text.to_string() } else { String::new() },
    };
    encode(document, article.encoding, |visit| {
        response.sentences.iter_mut().filter_map(|sentence| sentence.text.as_mut()).for_each(&mut *visit);
        response.boilerplate.iter_mut().for_each(&mut *visit);
    });
    response
}

/// Makes the response to a request for quotes.
#[must_use]
pub fn extract_quotes_response(article: &Article, document: &Document, quotes: &Quotes) -> pb::ExtractQuotesResponse {
    let mut response = pb::ExtractQuotesResponse {
        quotes: quotes.quotes.iter().map(|quote| quote_message(document, quote)).collect(),
        speakers: quotes.speakers.iter().map(|speaker| speaker_message(document, speaker)).collect(),
        title: document.title().to_owned(),
        language_code: document.language_code.to_string(),
        boilerplate: text_spans(document, &document.boilerplate()),
        extracted_text: if article.is_html() { document.text.to_string() } else { String::new() },
    };
    encode(document, article.encoding, |visit| {
        for quote in &mut response.quotes {
            quote.contents.iter_mut().chain(&mut quote.quoted).for_each(&mut *visit);
            if let Some(attribution) = &mut quote.attribution {
                attribution.sources.iter_mut().filter_map(|source| source.mention.as_mut()).for_each(&mut *visit);
                attribution.cue.iter_mut().for_each(&mut *visit);
            }
        }
        response.speakers.iter_mut().flat_map(|speaker| &mut speaker.mentions).for_each(&mut *visit);
        response.boilerplate.iter_mut().for_each(&mut *visit);
    });
    response
}

fn quote_message(document: &Document, quote: &quote::Quote) -> pb::Quote {
    let form = match quote.form {
        Form::Direct => pb::quote::Form::Direct,
        Form::Mixed => pb::quote::Form::Mixed,
        Form::Indirect => pb::quote::Form::Indirect,
    };
    let spoken = if quote.form == Form::Indirect { &quote.contents } else { &quote.quoted };
    let spoken: Vec<&str> = spoken.iter().map(|span| span.of(&document.text)).collect();
    pb::Quote {
        form: form.into(),
        contents: text_spans(document, &quote.contents),
        quoted: text_spans(document, &quote.quoted),
        text: spoken.join(" "),
        attribution: quote.attribution.as_ref().map(|attribution| pb::Attribution {
            sources: attribution
                .sources
                .iter()
                .map(|source| pb::Source {
                    mention: Some(text_span(document, source.mention)),
                    speaker: source.speaker.of(&document.text).to_owned(),
                    speaker_index: source.speaker_index.map(|index| count(index as usize)),
                })
                .collect(),
            cue: attribution.cue.map(|cue| text_span(document, cue)),
            confidence: attribution.confidence,
        }),
        paragraph_index: count(quote.paragraph_index as usize),
    }
}

fn speaker_message(document: &Document, speaker: &quote::Speaker) -> pb::Speaker {
    pb::Speaker {
        name: speaker.name.of(&document.text).to_owned(),
        description: speaker.description.map_or("", |span| span.of(&document.text)).to_owned(),
        quote_count: count(speaker.quote_count as usize),
        mentions: text_spans(document, &speaker.mentions),
    }
}

fn paragraph_index(document: &Document, paragraph: u32) -> i32 {
    document.paragraphs.get(paragraph as usize).map_or(0, |paragraph| count(paragraph.body_index as usize))
}

fn text_spans(document: &Document, spans: &[Span]) -> Vec<pb::TextSpan> {
    spans.iter().map(|&span| text_span(document, span)).collect()
}

fn text_span(document: &Document, span: Span) -> pb::TextSpan {
    pb::TextSpan {
        content: span.of(&document.text).to_owned(),
        begin_offset: count(span.begin as usize),
        end_offset: count(span.end as usize),
    }
}

/// The contract counts in `int32`; no article is longer.
fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Turns the byte offsets of every span that `each` visits into `encoding`.
fn encode(document: &Document, encoding: Encoding, mut each: impl FnMut(&mut dyn FnMut(&mut pb::TextSpan))) {
    if encoding == Encoding::Utf8 {
        return;
    }
    let offset = |number: i32| usize::try_from(number).unwrap_or_default();
    let mut spans = Vec::new();
    each(&mut |span| spans.push(Span::new(offset(span.begin_offset), offset(span.end_offset))));
    let mut encoded = text::offset::encode(&document.text, &spans, encoding).into_iter();
    each(&mut |span| {
        if let Some(units) = encoded.next() {
            span.begin_offset = count(units.begin as usize);
            span.end_offset = count(units.end as usize);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(fault: &Fault) -> Vec<&str> {
        match fault {
            Fault::Invalid { violations, .. } => violations.iter().map(|violation| violation.field.as_str()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_violation_is_told() {
        let limits = Limits { text_bytes: 10, title_bytes: 2, query_bytes: 2, ..Limits::NONE };
        let request = pb::SummarizeRequest {
            document: Some(pb::Document {
                content: Some(pb::document::Content::Text("far too long a text".to_owned())),
                title: "long".to_owned(),
                language_code: "not a code".to_owned(),
                keep_boilerplate: false,
            }),
            max_sentence_count: -1,
            max_word_count: -1,
            max_char_count: -1,
            query: "long".to_owned(),
            centrality: 99,
            sentence_order: 99,
            encoding_type: 99,
        };
        let fault = summarize_request(&request, &limits).err();
        let expected = [
            "encoding_type",
            "document.text",
            "document.title",
            "document.language_code",
            "max_sentence_count",
            "max_word_count",
            "max_char_count",
            "query",
            "centrality",
            "sentence_order",
        ];
        assert_eq!(fault.as_ref().map(fields).unwrap_or_default(), expected);
        assert_eq!(fault.map(|fault| fault.reason()), Some("INVALID_REQUEST"));
    }

    #[test]
    fn language_codes() {
        for (code, expected) in [
            ("en", true),
            ("de-AT", true),
            ("zh-Hant-TW", true),
            ("x-klingon", true),
            ("und", true),
            ("e", false),
            ("en_US", false),
            ("en-", false),
            ("-en", false),
            ("engelsk språk", false),
        ] {
            assert_eq!(is_language_code(code), expected, "{code}");
        }
    }
}
