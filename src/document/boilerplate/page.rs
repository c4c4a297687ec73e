//! Rules for a whole page, dumped as lines or with its markup: most of it is furniture, and what is article must be found.

use super::{
    article, feature,
    feature::Rows,
    line::{Ending, Line, Scan},
    model::Model,
    phrase::Verdict,
};
use crate::{
    cancel::{Cancel, Cancelled},
    document::html::Blocks,
    text::Span,
};

/// The fewest lines of a page.
const MIN_LINES: usize = 40;
/// The fewest short lines that a page's navigation has in a row. An article's lists part theirs by sentences.
const MIN_RUN: usize = 6;

/// Whether a text is a whole page dumped as lines: many of them are short and without an end, and stand together as those of
/// navigation do. An article with short lines between its sentences, such as a list of goods with their prices, is none.
pub(super) fn is_page(scan: &Scan) -> bool {
    let is_short = |line: &Line| !line.long && line.words <= 6 && line.ending != Ending::Stop;
    let short_count = scan.lines.iter().filter(|line| is_short(line)).count();
    let longest_run = || scan.lines.split(|line| !is_short(line)).map(<[Line]>::len).max().unwrap_or(0);
    scan.lines.len() >= MIN_LINES && short_count * 5 >= scan.lines.len() * 2 && longest_run() >= MIN_RUN
}

/// A page to learn from or to judge: what both looks need.
#[derive(Debug)]
pub struct Judged<'p> {
    scan: Scan,
    page: Option<&'p Blocks>,
    /// What the first look sees.
    pub rows: Rows,
    /// How many words each line holds.
    pub words: Vec<u32>,
}

impl<'p> Judged<'p> {
    /// A page as plain lines.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn of_lines(text: &str, lines: &[Span], cancel: Cancel<'_>) -> Result<Self, Cancelled> {
        let scan = Scan::new(text, lines, cancel)?;
        let verdicts = article::verdicts(text, &scan);
        let rows = feature::of_lines(text, &scan, &verdicts);
        Ok(Self::new(scan, None, rows))
    }

    /// A page with its markup.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn of_blocks(page: &'p Blocks, cancel: Cancel<'_>) -> Result<Self, Cancelled> {
        let lines: Vec<Span> = page.blocks.iter().map(|block| block.span).collect();
        let scan = Scan::new(&page.text, &lines, cancel)?;
        let verdicts = article::verdicts(&page.text, &scan);
        cancel.check()?;
        let rows = feature::of_lines(&page.text, &scan, &verdicts);
        cancel.check()?;
        let rows = feature::of_blocks(page, &scan, &rows);
        Ok(Self::new(scan, Some(page), rows))
    }

    fn new(scan: Scan, page: Option<&'p Blocks>, rows: Rows) -> Self {
        let words = scan.lines.iter().map(|line| line.words).collect();
        Self { scan, page, rows, words }
    }

    /// What the second look sees, after the first one gave these chances.
    #[must_use]
    pub fn context(&self, chances: &[f32]) -> Rows {
        feature::in_context(&self.scan, self.page, chances)
    }

    /// Which of the lines are the article's.
    #[must_use]
    pub fn keeps(&self, model: &Model) -> Vec<bool> {
        let chances = model.first_look(&self.rows);
        kept(&self.scan, LEAST_SHARES[usize::from(self.page.is_some())], &model.second_look(&self.context(&chances)))
    }
}

/// Which lines of a page are furniture.
pub(in crate::document) fn furniture(text: &str, scan: &Scan, verdicts: &[Option<Verdict>]) -> Vec<bool> {
    let model = Model::of_lines();
    let chances = model.first_look(&feature::of_lines(text, scan, verdicts));
    let chances = model.second_look(&feature::in_context(scan, None, &chances));
    kept(scan, LEAST_SHARES[0], &chances).into_iter().map(|keep| !keep).collect()
}

/// The chance from which on a line is kept.
const KEPT: f32 = 0.4;
/// An article holds at least so many of a page's words: one in … As plain lines, and with the markup, which tells more.
const LEAST_SHARES: [u32; 2] = [8, 40];

/// The lines that are likely enough: on a page of an unusual make, those that are as likely as its likeliest.
fn kept(scan: &Scan, least_share: u32, chances: &[f32]) -> Vec<bool> {
    let words: u32 = scan.lines.iter().map(|line| line.words).sum();
    let mut likeliest: Vec<(f32, u32)> =
        chances.iter().zip(&scan.lines).map(|(&chance, line)| (chance, line.words)).collect();
    likeliest.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let mut sum = 0;
    let reached = likeliest.iter().find(|(_, words_of_it)| {
        sum += words_of_it;
        sum * least_share >= words
    });
    let bound = KEPT.min(reached.map_or(0.0, |(chance, _)| chance * 0.6));
    chances.iter().map(|&chance| chance >= bound).collect()
}
