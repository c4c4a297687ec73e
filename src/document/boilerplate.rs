//! Tells page furniture (share bars, teasers, comment forms) from the article.
//!
//! It is told by line, from phrases and shapes alone: nothing is known of any site. Losing a line of the article is
//! worse than keeping one of furniture, so a phrase counts only where the line around it tells no story.

mod article;
pub mod feature;
pub(super) mod line;
pub mod model;
pub mod page;
pub(super) mod phrase;
mod word;

use super::{Role, title};
use crate::{
    cancel::{Cancel, Cancelled},
    text::Span,
};

/// What part of the page each line is: title, body or furniture. A text of one line is body.
pub(super) fn roles(
    text: &str,
    lines: &[Span],
    given_title: &str,
    keep: bool,
    cancel: Cancel<'_>,
) -> Result<Vec<Role>, Cancelled> {
    let mut roles = vec![Role::Body; lines.len()];
    if lines.len() < 2 {
        return Ok(roles);
    }
    let (mut scan, verdicts) =
        line::Scan::judging(text, lines, cancel, |scan, line| article::verdict(text, scan, line))?;
    cancel.check()?;
    let is_page = page::is_page(&scan);
    if is_page {
        scan = line::Scan::new(text, lines, cancel)?;
    }
    let mut furniture =
        if is_page { page::furniture(text, &scan, &verdicts) } else { article::furniture(&scan, &verdicts) };
    cancel.check()?;
    if furniture.iter().all(|&furniture| furniture) {
        furniture.fill(false);
    }
    let above =
        || title::above(text, &scan, &furniture, &verdicts).filter(|_| is_page && given_title.trim().is_empty());
    let title = title::find(text, &scan, &furniture, given_title).or_else(above);
    if let Some(title) = title {
        furniture[title] = false;
        repeats_of(&scan, title, &mut furniture);
        roles[title] = Role::Title;
    }
    if !keep {
        for (at, _) in furniture.iter().enumerate().filter(|(_, furniture)| **furniture) {
            roles[at] = Role::Boilerplate;
        }
    }
    Ok(roles)
}

/// The headline said again in the body is furniture.
fn repeats_of(scan: &line::Scan, title: usize, furniture: &mut [bool]) {
    let headline = &scan.lines[title];
    for (at, line) in scan.lines.iter().enumerate() {
        if at != title && line.hash == headline.hash && line.words == headline.words {
            furniture[at] = true;
        }
    }
}
