//! Picks the sentences of a document that say most.
//!
//! [`term`]s are counted by sentence; [`salience`] says what each sentence is worth, by learned weights or by the
//! [`centrality`] of a paper on the [`similarity`] graph; [`selection`] finds the best set that fits the budget.

pub mod centrality;
pub mod elementary;
mod query;
pub mod salience;
pub mod selection;
pub mod similarity;
pub mod term;

use crate::{
    cancel::{Cancel, Cancelled},
    document::Document,
};
use salience::{PARTS, Salience};
use term::Terms;

/// What is asked of a summary.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The most sentences, words and characters it may have.
    pub budget: Budget,
    /// What the reader is after; sentences near it gain weight. Empty for nothing in particular.
    pub query: &'a str,
    /// How sentences are ranked.
    pub centrality: Centrality,
    /// The order of the chosen sentences.
    pub order: Order,
}

/// How long a summary may be: every limit that is set holds. With none set, three sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// The most sentences.
    pub max_sentence_count: Option<u32>,
    /// The most words, as white space separates them; ideographs and kana each count.
    pub max_word_count: Option<u32>,
    /// The most code points of the joined summary.
    pub max_char_count: Option<u32>,
}

/// How sentences are ranked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Centrality {
    /// Directed centrality with learned priors.
    #[default]
    Learned,
    /// Erkan and Radev 2004.
    LexRank,
    /// Mihalcea and Tarau 2004.
    TextRank,
    /// Erkan and Radev 2004.
    Degree,
    /// Zheng and Lapata 2019.
    Directed,
}

/// The order of a summary's sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// As they stand in the article.
    #[default]
    Reading,
    /// The most salient first.
    Salience,
}

/// The chosen sentences.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// In the order asked for.
    pub sentences: Vec<Chosen>,
}

/// A chosen sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Its place in [`Document::sentences`].
    pub sentence: u32,
    /// Its place among the body's sentences.
    pub body_index: u32,
    /// From 0 to 1; the document's most salient sentence has 1.
    pub salience: f32,
    /// Why: what each part added to the salience, by the part's name. They are for people to read.
    pub parts: Vec<(&'static str, f32)>,
}

impl Summary {
    /// The chosen sentences joined by one space; by nothing in scripts that write none.
    #[must_use]
    pub fn text(&self, document: &Document) -> String {
        let sentences: Vec<&str> = self
            .sentences
            .iter()
            .map(|chosen| document.sentences[chosen.sentence as usize].span.of(&document.text))
            .collect();
        sentences.join(selection::joiner(document))
    }
}

/// Picks the sentences of `document` that say most.
///
/// # Errors
///
/// [`Cancelled`] when `cancel` says so.
pub fn summarize(document: &Document, options: &Options, cancel: Cancel<'_>) -> Result<Summary, Cancelled> {
    let terms = Terms::count(document, cancel)?;
    let query = query::shares(document, &terms, options.query, cancel)?;
    let in_one = options.budget.max_sentence_count == Some(1);
    let mut salience = Salience::measure(&terms, options.centrality, in_one, &query, cancel)?;
    cancel.check()?;
    let scaled = salience.scale(|sentence| terms.sentences[sentence].is_whole);
    cancel.check()?;
    let mut chosen = selection::select(document, &terms, &salience, &scaled, options.budget, cancel)?;
    if options.order == Order::Salience {
        chosen.sort_by(|&a, &b| scaled[b].total_cmp(&scaled[a]).then(a.cmp(&b)));
    }
    let sentences = chosen
        .into_iter()
        .map(|place| Chosen {
            sentence: terms.sentences[place].sentence,
            body_index: terms.sentences[place].body_index,
            salience: scaled[place],
            parts: named(salience.parts[place]),
        })
        .collect();
    Ok(Summary { sentences })
}

/// The parts of a salience that add anything, by name.
fn named(parts: [f32; PARTS.len()]) -> Vec<(&'static str, f32)> {
    let mut named = Vec::with_capacity(parts.len());
    named.extend(PARTS.into_iter().zip(parts).filter(|&(_, value)| value != 0.0));
    named
}

#[cfg(test)]
mod tests;
