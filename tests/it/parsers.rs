//! What holds of every parser, whatever it is given: used by the fuzz targets, and by ordinary tests on their seeds.

use std::sync::LazyLock;

use prost::Message;
use pullquote::{
    cancel::Cancel,
    document::{Document, ReadOptions},
    grpc::{
        convert::Limits,
        method::{ExtractQuotes, Method, Summarize},
        pb::v1 as pb,
        status::Fault,
    },
    quote, summary,
    telemetry::metrics::Metrics,
    text::{Span, mark, offset},
};

static METRICS: LazyLock<Metrics> = LazyLock::new(|| Metrics::new(Vec::new()));

const LIMITS: Limits =
    Limits { text_bytes: 1 << 20, html_bytes: 4 << 20, title_bytes: 4 << 10, query_bytes: 4 << 10, id_bytes: 256 };

/// An article's text is read, summarized and searched for quotes: all that comes of it are spans of it.
pub(crate) fn article(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let document = Document::parse(&text, ReadOptions::default(), Cancel::NEVER).expect("never cancelled");
    assert_eq!(document.text, text);
    understood(&document);
}

/// A page is refused, or read like an article.
pub(crate) fn html(bytes: &[u8]) {
    let page = String::from_utf8_lossy(bytes);
    if let Ok(document) = Document::parse_html(&page, ReadOptions::default(), Cancel::NEVER) {
        understood(&document);
    }
}

fn understood(document: &Document) {
    let text = &document.text;
    let mut end = 0;
    for sentence in &document.sentences {
        verbatim(text, sentence.span);
        assert!(
            sentence.span.begin >= end && !sentence.span.is_empty(),
            "sentences stand in order, each holds something"
        );
        end = sentence.span.end;
    }
    document.boilerplate().into_iter().for_each(|span| verbatim(text, span));
    let options = summary::Options::default();
    let summary = summary::summarize(document, &options, Cancel::NEVER).expect("never cancelled");
    for sentence in &summary.sentences {
        assert!((0.0..=1.0).contains(&sentence.salience), "{}", sentence.salience);
    }
    for include_indirect in [false, true] {
        let options = quote::Options { include_indirect, ..quote::Options::default() };
        let quotes = quote::extract_quotes(document, &options, Cancel::NEVER).expect("never cancelled");
        for quote in &quotes.quotes {
            assert!(!quote.contents.is_empty());
            quote.contents.iter().chain(&quote.quoted).for_each(|&span| verbatim(text, span));
        }
        for speaker in &quotes.speakers {
            verbatim(text, speaker.name);
            speaker.mentions.iter().chain(&speaker.description).for_each(|&span| verbatim(text, span));
        }
    }
}

/// Marks lie inside the paragraph, in order, each pair on character boundaries.
pub(crate) fn marks(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut marks = Vec::new();
    mark::pair(&text, Span::new(0, text.len()), &mut marks);
    let mut begin = 0;
    for mark in marks {
        for span in [mark.open, mark.close, mark.inside(), mark.whole()] {
            verbatim(&text, span);
        }
        assert!(mark.open.begin >= begin && mark.open.end <= mark.close.begin);
        begin = mark.open.begin;
    }
}

/// A request, in protobuf or JSON, is answered with spans of its article in the units it asks for, or told what is wrong.
pub(crate) fn contract(bytes: &[u8]) {
    answered::<Summarize>(
        bytes,
        |request| request.encoding_type,
        |response| {
            let spans = response.sentences.iter().filter_map(|sentence| sentence.text.as_ref());
            (response.extracted_text.clone(), spans.chain(&response.boilerplate).cloned().collect())
        },
    );
    answered::<ExtractQuotes>(
        bytes,
        |request| request.encoding_type,
        |response| {
            let quotes = response.quotes.iter().flat_map(|quote| quote.contents.iter().chain(&quote.quoted));
            let mentions = response.speakers.iter().flat_map(|speaker| &speaker.mentions);
            let spans = quotes.chain(mentions).chain(&response.boilerplate);
            (response.extracted_text.clone(), spans.cloned().collect())
        },
    );
}

fn answered<M: Method<Request: Clone>>(
    bytes: &[u8],
    encoding_type: impl Fn(&M::Request) -> i32,
    told: impl Fn(&M::Response) -> (String, Vec<pb::TextSpan>),
) {
    let requests = [M::Request::decode(bytes).ok(), serde_json::from_slice(bytes).ok()];
    for request in requests.into_iter().flatten() {
        match M::answer(request.clone(), &LIMITS, &METRICS, Cancel::NEVER) {
            Ok(response) => {
                let (extracted, spans) = told(&response);
                let text = match M::document(&request).and_then(|document| document.content.as_ref()) {
                    Some(pb::document::Content::Text(text)) => text,
                    _ => &extracted,
                };
                for span in &spans {
                    located(text, span, encoding_type(&request));
                }
            }
            Err(Fault::Invalid { violations, .. }) => assert!(!violations.is_empty()),
            Err(fault) => panic!("{fault:?}"),
        }
    }
}

/// The span is what stands at its offsets.
fn located(text: &str, span: &pb::TextSpan, encoding_type: i32) {
    let offset = |offset: i32| usize::try_from(offset).expect("no negative offset");
    let (begin, end) = (offset(span.begin_offset), offset(span.end_offset));
    let found = match pb::EncodingType::try_from(encoding_type).expect("checked before") {
        pb::EncodingType::Utf16 => {
            let units: Vec<u16> = text.encode_utf16().skip(begin).take(end - begin).collect();
            String::from_utf16(&units).expect("no surrogate is halved")
        }
        pb::EncodingType::Utf32 => text.chars().skip(begin).take(end - begin).collect(),
        pb::EncodingType::Unspecified | pb::EncodingType::Utf8 => text.get(begin..end).expect("a slice").to_owned(),
    };
    assert_eq!(found, span.content);
}

fn verbatim(text: &str, span: Span) {
    assert!(text.get(span.begin as usize..span.end as usize).is_some(), "{span:?} is no slice of the text");
    for encoding in [offset::Encoding::Utf16, offset::Encoding::Utf32] {
        let encoded = offset::encode(text, &[span], encoding);
        assert_eq!(encoded.len(), 1);
    }
}
