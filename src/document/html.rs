//! Finds the readable text of a page.

mod block;
mod class_name;
mod place;
mod scan;

pub use block::{Block, Blocks, blocks};
pub use class_name::Kinds;
pub use place::Place;

use super::boilerplate::{model::Model, page::Judged};
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
    let page = blocks(page, cancel)?;
    if page.blocks.is_empty() {
        return Err(UnreadableHtml::NoText);
    }
    let judged = Judged::of_blocks(&page, cancel)?;
    cancel.check()?;
    let mut keeps = judged.keeps(Model::of_markup());
    cancel.check()?;
    let title = title(&page);
    if !keeps.contains(&true) {
        keeps.fill(true);
    }
    let kept = page.blocks.iter().zip(keeps).filter(|(_, keep)| *keep);
    let lines: Vec<&str> = kept.map(|(block, _)| block.span.of(&page.text)).filter(|line| *line != title).collect();
    Ok(Page { title, text: lines.join("\n") })
}

/// The page's title, without the site's name.
fn title(page: &Blocks) -> String {
    let [open_graph, heading, head] = &page.titles;
    let found = [open_graph, heading, head].into_iter().find(|title| !title.is_empty());
    found.map(|title| without_site(title, heading, &page.site_name).to_owned()).unwrap_or_default()
}

/// What stands between a page's title and the site's name.
const PARTS: [&str; 7] = [" | ", " - ", " – ", " — ", " · ", " » ", " :: "];

/// A title that ends or begins with the site's name, parted by a dash or a bar, without it.
fn without_site<'t>(title: &'t str, heading: &str, site_name: &str) -> &'t str {
    if title == heading {
        return title;
    }
    if !heading.is_empty() && title.starts_with(heading) {
        return &title[..heading.len()];
    }
    let last = PARTS.iter().filter_map(|part| title.rfind(part).map(|at| (at, part.len()))).max();
    let Some((at, len)) = last else { return title };
    let (front, back) = (&title[..at], &title[at + len..]);
    let words = |text: &str| text.split_whitespace().count();
    if !site_name.is_empty() && front.eq_ignore_ascii_case(site_name) {
        return back;
    }
    let is_site = !site_name.is_empty() && back.eq_ignore_ascii_case(site_name);
    if is_site || words(back) <= 4 && words(front) >= 4 { front } else { title }
}
