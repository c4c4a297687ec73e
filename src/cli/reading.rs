//! How an article is read: the answer of `pullquote read`.

use serde::Serialize;

use crate::{
    document::{Document, Role},
    grpc::convert::Article,
    text::{self, Span},
};

/// How an article is read. Every field is always written.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reading {
    pub(super) title: String,
    pub(super) language_code: String,
    /// Of a page; empty for plain text.
    pub(super) extracted_text: String,
    /// They cover every word of the text.
    pub(super) sentences: Vec<Sentence>,
}

/// A sentence, and what part of the page it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sentence {
    pub(super) content: String,
    pub(super) begin_offset: u32,
    pub(super) end_offset: u32,
    pub(super) paragraph_index: u32,
    #[serde(serialize_with = "role_name")]
    pub(super) role: Role,
}

impl Reading {
    pub(super) fn of(article: &Article, document: &Document) -> Self {
        let spans: Vec<Span> = document.sentences.iter().map(|sentence| sentence.span).collect();
        let encoded = text::offset::encode(&document.text, &spans, article.encoding);
        let sentences = document.sentences.iter().zip(encoded).map(|(sentence, offsets)| Sentence {
            content: sentence.span.of(&document.text).to_owned(),
            begin_offset: offsets.begin,
            end_offset: offsets.end,
            paragraph_index: document.paragraphs.get(sentence.paragraph as usize).map_or(0, |p| p.body_index),
            role: sentence.role,
        });
        Self {
            title: document.title().to_owned(),
            language_code: document.language_code.to_string(),
            extracted_text: if article.is_html() { document.text.to_string() } else { String::new() },
            sentences: sentences.collect(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn role_name<S: serde::Serializer>(role: &Role, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match role {
        Role::Title => "TITLE",
        Role::Body => "BODY",
        Role::Repeat => "REPEAT",
        Role::Boilerplate => "BOILERPLATE",
    })
}
