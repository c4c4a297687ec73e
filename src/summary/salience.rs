//! How much each sentence says: what the API calls salience, and why.

pub mod feature;
pub mod weight;

use std::ops::Range;

use crate::cancel::{Cancel, Cancelled};

use super::{
    Centrality, centrality,
    term::{Terms, to_f32},
};
use feature::{FEATURE_COUNT, Features};
use weight::{Blend, Weights};

/// Why a sentence is salient, by name: what its parts are.
pub const PARTS: [&str; 7] = ["position", "centrality", "names", "coverage", "style", "title", "query"];

/// Which of [`PARTS`] holds what a sentence's terms add by themselves.
const COVERAGE_PART: usize = 3;

/// Which holds what it has of the query.
const QUERY_PART: usize = 6;

/// How the sentences of a text are valued.
#[derive(Debug)]
pub struct Salience {
    /// What each sentence adds to a summary by itself; any finite number.
    pub values: Vec<f32>,
    /// The chance that a summary has each of the terms; empty where coverage counts for nothing.
    pub chances: Vec<f32>,
    /// What it adds that a summary covers the terms: times the sum of the chances of those it has, over its length.
    pub coverage: f32,
    /// What a sentence's value loses where it points back to one that the summary does not have; `None` where none may.
    pub dangling_cost: Option<f32>,
    /// The share of a limit on words or characters beyond which a summary is not made fuller for its own sake.
    pub fullness: f32,
    /// How much of the query each sentence has, from 0 to 1; empty where there is none.
    pub query: Vec<f32>,
    /// Why, in the order of [`PARTS`].
    pub parts: Vec<[f32; PARTS.len()]>,
}

/// Words of the summaries people write: where coverage is reckoned, a summary's length is taken to be longer by as much.
/// What it says in so many words more then counts as F1 counts it, against its own length and theirs.
pub const REFERENCE_WORDS: f32 = 30.0;

/// How full a summary has to be where people write brief ones: in news and abstracts. Asking for more costs more than
/// it gives: the last words are then chosen for their length.
const BRIEF: f32 = 0.85;

/// How full a summary has to be of any other text.
const FULL: f32 = 0.95;

/// What it costs to choose a sentence that opens with a word that points back, and not the one before it, for each unit
/// between the highest and the lowest salience: of two hundred one is worth it.
const DANGLING_COST: f32 = 0.3;

/// What a sentence that has so much of the query, from 0 to 1, gains for each unit between the highest and the lowest
/// salience without it. A quarter of the query is worth more than anything else can give, and all of it more than half.
fn query_value(share: f32) -> f32 {
    (4.0 * share).min(1.0) + 2.0 * share
}

impl Salience {
    /// Values the sentences of a text; `in_one` where a single one is wanted; `query` holds how much of the query each
    /// sentence has, from 0 to 1, or nothing.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn measure(
        terms: &Terms,
        kind: Centrality,
        in_one: bool,
        query: &[f32],
        cancel: Cancel<'_>,
    ) -> Result<Self, Cancelled> {
        let mut salience = match kind {
            Centrality::Learned => Self::learned(terms, in_one, cancel)?,
            Centrality::LexRank => Self::pure(centrality::lex_rank(terms, cancel)?),
            Centrality::TextRank => Self::pure(centrality::text_rank(terms, cancel)?),
            Centrality::Degree => Self::pure(centrality::degree(terms, cancel)?),
            Centrality::Directed => Self::pure(centrality::directed(terms, cancel)?),
        };
        let range = range(salience.alone(), |_| true);
        if kind == Centrality::Learned {
            salience.dangling_cost = Some(DANGLING_COST * (range.end - range.start));
        }
        for ((value, parts), &share) in salience.values.iter_mut().zip(&mut salience.parts).zip(query) {
            parts[QUERY_PART] = query_value(share) * (range.end - range.start).max(1.0);
            *value += parts[QUERY_PART];
        }
        salience.query.extend_from_slice(query);
        Ok(salience)
    }

    fn learned(terms: &Terms, in_one: bool, cancel: Cancel<'_>) -> Result<Self, Cancelled> {
        let weights = Weights::learned();
        let features = Features::measure(terms, weights, cancel)?;
        cancel.check()?;
        let blend = weights.blend(&features.genre, in_one);
        let [news, abstracts, other] = weights.genres(&features.genre);
        let mut values = Vec::with_capacity(features.sentences.len());
        let mut parts = Vec::with_capacity(features.sentences.len());
        for row in &features.sentences {
            let mut part = [0.0; PARTS.len()];
            for ((value, weight), of) in row.iter().zip(&blend.sentence).zip(PART_OF) {
                part[of] += value * weight;
            }
            values.push(part.iter().sum());
            parts.push(part);
        }
        let Blend { coverage, .. } = blend;
        let fullness = BRIEF * (news + abstracts) + FULL * other;
        let mut salience = Self {
            values,
            chances: features.chances,
            coverage,
            dangling_cost: None,
            fullness,
            query: Vec::new(),
            parts,
        };
        for sentence in 0..terms.sentences.len() {
            salience.parts[sentence][COVERAGE_PART] = salience.coverage_alone(terms, sentence);
        }
        Ok(salience)
    }

    fn pure(mut centralities: Vec<f32>) -> Self {
        feature::standardise(&mut centralities);
        let parts = centralities.iter().map(|&value| [0.0, value, 0.0, 0.0, 0.0, 0.0, 0.0]).collect();
        Self {
            values: centralities,
            chances: Vec::new(),
            coverage: 0.0,
            dangling_cost: None,
            fullness: FULL,
            query: Vec::new(),
            parts,
        }
    }

    /// What a sentence's terms add where it is the only one of a summary.
    fn coverage_alone(&self, terms: &Terms, sentence: usize) -> f32 {
        if self.coverage == 0.0 {
            return 0.0;
        }
        let chances: f32 = terms.of(sentence).iter().map(|entry| self.chances[entry.term as usize]).sum();
        let words = to_f32(terms.sentences[sentence].word_count as usize);
        self.coverage * chances / (words + REFERENCE_WORDS)
    }

    /// What each sentence is worth where it is the only one of a summary. The parts are not scaled yet.
    fn alone(&self) -> impl Iterator<Item = f32> + Clone {
        self.values.iter().zip(&self.parts).map(|(value, parts)| value + parts[COVERAGE_PART])
    }

    /// The salience of each sentence by itself, from 0 to 1; the most salient of those that `may_be_chosen` has 1. The
    /// parts are scaled with it.
    #[must_use]
    pub fn scale(&mut self, may_be_chosen: impl Fn(usize) -> bool) -> Vec<f32> {
        let mut scaled: Vec<f32> = self.alone().collect();
        let lowest = range(scaled.iter().copied(), |_| true).start;
        let highest = range(scaled.iter().copied(), may_be_chosen).end;
        let range = highest - lowest;
        let scale = if range > 0.0 { 1.0 / range } else { 0.0 };
        for value in &mut scaled {
            // Divided, not multiplied: the highest is 1 to the last bit.
            *value = if range > 0.0 { ((*value - lowest) / range).clamp(0.0, 1.0) } else { 1.0 };
        }
        for part in self.parts.iter_mut().flatten() {
            *part *= scale;
        }
        scaled
    }
}

/// From the least to the greatest of those values that count; of all where none does.
fn range(values: impl Iterator<Item = f32> + Clone, counts: impl Fn(usize) -> bool) -> Range<f32> {
    let wider = |range: Range<f32>, value: f32| range.start.min(value)..range.end.max(value);
    let none = f32::MAX..f32::MIN;
    let counted = values.clone().enumerate().filter(|&(at, _)| counts(at));
    let range = counted.fold(none.clone(), |range, (_, value)| wider(range, value));
    if range.start <= range.end { range } else { values.fold(none, wider) }
}

/// The part that each feature belongs to.
const PART_OF: [usize; FEATURE_COUNT] = [0, 0, 1, 1, 1, 1, 1, 2, 4, 4, 1, 5];
