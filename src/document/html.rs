//! Finds the readable text of a page.

use crate::cancel::{Cancel, Cancelled};

/// What a page holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The page's title; empty when it has none.
    pub title: String,
    /// The readable text: a paragraph a line, without the title.
    pub text: String,
}

/// Why a page could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadableHtml {
    /// It nests too deeply.
    TooDeep,
    /// It holds no text.
    NoText,
    /// Nobody waits for it any more.
    Cancelled,
}

impl From<Cancelled> for UnreadableHtml {
    fn from(Cancelled: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl std::fmt::Display for UnreadableHtml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooDeep => "the page nests too deeply",
            Self::NoText => "the page holds no text",
            Self::Cancelled => "cancelled",
        })
    }
}

impl std::error::Error for UnreadableHtml {}

/// Finds the title and the readable text of a page.
///
/// # Errors
///
/// [`UnreadableHtml`] says which.
pub fn extract(page: &str, cancel: Cancel<'_>) -> Result<Page, UnreadableHtml> {
    cancel.check()?;
    let mut readability = dom_smoothie::Readability::new(page, None, None).map_err(|_| UnreadableHtml::NoText)?;
    let article = readability.parse().map_err(|_| UnreadableHtml::NoText)?;
    Ok(Page { title: article.title, text: article.text_content.to_string() })
}
