//! What is measured of sentences, terms and texts. The weights are learned with this very code.

use crate::{
    cancel::{Cancel, Cancelled},
    summary::{
        elementary::{ln, logistic},
        similarity::unit_weights,
        term::{Statistics, Terms, to_f32},
    },
};

use super::weight::Weights;

/// How many features a sentence has.
pub const FEATURE_COUNT: usize = 12;

/// The features of a sentence, by name. All are standardised within the text.
pub const FEATURES: [&str; FEATURE_COUNT] = [
    "position_root",
    "position",
    "directed_cosine",
    "directed_bm25",
    "total_bm25",
    "recurrence",
    "directed_overlap",
    "directed_names",
    "addressing",
    "quotation_marks",
    "total_cosine",
    "title",
];

/// How many features a term has.
pub const TERM_FEATURE_COUNT: usize = 13;

/// The features of a term, by name.
pub const TERM_FEATURES: [&str; TERM_FEATURE_COUNT] = [
    "bias",
    "occurrences",
    "sentences",
    "in_first",
    "in_first_three",
    "position_root",
    "name",
    "number",
    "commonness",
    "common",
    "share",
    "name_occurrences",
    "rare_early",
];

/// How many features tell what kind of text it is.
pub const GENRE_FEATURE_COUNT: usize = 8;

/// The features of a text, by name.
pub const GENRE_FEATURES: [&str; GENRE_FEATURE_COUNT] =
    ["bias", "sentences", "quotation_marks", "addressing", "capitals", "numbers", "words", "rarity"];

/// BM25's constants, as usual.
const SATURATION: f32 = 1.2;
const LENGTH_SHARE: f32 = 0.75;

/// The words in a hundred that are taken to be capitalised where capitals tell nothing: few enough that quotation marks
/// decide whether it is news.
const UNTOLD_CAPITALS: f32 = 5.0;

/// What was measured of a text.
#[derive(Debug)]
pub struct Features {
    /// Of each sentence.
    pub sentences: Vec<[f32; FEATURE_COUNT]>,
    /// The chance that a summary has it, of each term.
    pub chances: Vec<f32>,
    /// Of the text.
    pub genre: [f32; GENRE_FEATURE_COUNT],
}

/// A term's sums over the sentences before and over all of them.
#[derive(Clone, Copy, Default)]
struct Sums {
    rarity: f32,
    cosine_before: f32,
    cosine_after: f32,
    bm25_before: f32,
    bm25_after: f32,
    before: f32,
    after: f32,
    name: f32,
    in_title: f32,
    /// It stands in more than one sentence. What stands in one alone has nothing before it or after it.
    recurs: bool,
}

impl Features {
    /// Measures a text.
    ///
    /// Each sentence is compared with all before it and all after it by sums over their terms, never pair by pair.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn measure(terms: &Terms, weights: &Weights, cancel: Cancel<'_>) -> Result<Self, Cancelled> {
        cancel.check()?;
        let count = terms.sentences.len();
        let rarity = terms.rarity();
        let cosine = unit_weights(terms, &rarity);
        let mean_length = to_f32(terms.entries().len()) / to_f32(count.max(1));
        let bm25 = bm25_weights(terms, mean_length);
        cancel.check()?;

        let occurrences: u32 = terms.statistics.iter().map(|term| term.occurrence_count).sum();
        let per_cent = 100.0 / to_f32(occurrences.max(1) as usize);
        let chances = chances(&weights.chance, &terms.statistics, &rarity, per_cent);
        let mut sums: Vec<Sums> = terms
            .statistics
            .iter()
            .zip(&rarity)
            .map(|(term, &rarity)| Sums {
                rarity,
                name: flag(term.is_name()),
                recurs: term.sentence_count > 1,
                ..Sums::default()
            })
            .collect();
        for &term in &terms.title {
            sums[term as usize].in_title = 1.0;
        }
        for ((entry, cosine), bm25) in terms.entries().iter().zip(&cosine).zip(&bm25) {
            let sums = &mut sums[entry.term as usize];
            if sums.recurs {
                sums.cosine_after += cosine;
                sums.bm25_after += bm25;
                sums.after += 1.0;
            }
        }
        cancel.check()?;

        let mut sentences = Vec::with_capacity(count);
        for sentence in 0..count {
            cancel.check()?;
            let (mut directed_cosine, mut directed_bm25, mut directed_overlap) = (0.0, 0.0, 0.0);
            let (mut total_cosine, mut total_bm25, mut directed_names) = (0.0, 0.0, 0.0);
            let (mut recurring, mut in_title) = (0.0, 0.0);
            let range = terms.range(sentence);
            for ((entry, cosine), bm25) in terms.of(sentence).iter().zip(&cosine[range.clone()]).zip(&bm25[range]) {
                let sums = &mut sums[entry.term as usize];
                in_title += sums.in_title;
                if !sums.recurs {
                    continue;
                }
                sums.cosine_after -= cosine;
                sums.bm25_after -= bm25;
                sums.after -= 1.0;
                let overlap = sums.after - sums.before;
                directed_cosine += cosine * (sums.cosine_after - sums.cosine_before);
                directed_bm25 += sums.rarity * (sums.bm25_after - sums.bm25_before);
                total_bm25 += sums.rarity * (sums.bm25_after + sums.bm25_before);
                recurring += flag(sums.after > 0.0);
                directed_overlap += overlap;
                directed_names += overlap * sums.name;
                total_cosine += cosine * (sums.cosine_after + sums.cosine_before);
                sums.cosine_before += cosine;
                sums.bm25_before += bm25;
                sums.before += 1.0;
            }
            let body = &terms.sentences[sentence];
            let place = to_f32(sentence + 1);
            sentences.push([
                1.0 / place.sqrt(),
                1.0 / place,
                directed_cosine,
                directed_bm25,
                total_bm25,
                recurring / to_f32(terms.of(sentence).len().max(1)),
                directed_overlap,
                directed_names,
                to_f32(body.addressing_count as usize),
                to_f32(body.mark_count as usize),
                total_cosine,
                in_title,
            ]);
        }
        cancel.check()?;
        standardise_columns(&mut sentences);
        cancel.check()?;
        let genre = genre_features(terms, &rarity);
        Ok(Self { sentences, chances, genre })
    }
}

/// What BM25 makes of each term's count.
fn bm25_weights(terms: &Terms, mean_length: f32) -> Vec<f32> {
    let mut weights = Vec::with_capacity(terms.entries().len());
    for sentence in 0..terms.sentences.len() {
        let entries = terms.of(sentence);
        let length = to_f32(entries.len()) / mean_length.max(1.0);
        let saturation = SATURATION * (1.0 - LENGTH_SHARE + LENGTH_SHARE * length);
        weights.extend(entries.iter().map(|entry| entry.count * (SATURATION + 1.0) / (entry.count + saturation)));
    }
    weights
}

/// The chances of the terms, several reckoned at once.
fn chances(weights: &[f32; TERM_FEATURE_COUNT], terms: &[Statistics], rarity: &[f32], per_cent: f32) -> Vec<f32> {
    const LANES: usize = 8;
    let mut chances = Vec::with_capacity(terms.len());
    let (mut terms_of_lanes, mut rarity_of_lanes) = ([Statistics::default(); LANES], [0.0; LANES]);
    for (terms, rarity) in terms.chunks(LANES).zip(rarity.chunks(LANES)) {
        terms_of_lanes[..terms.len()].copy_from_slice(terms);
        rarity_of_lanes[..terms.len()].copy_from_slice(rarity);
        let features = columns(&terms_of_lanes, &rarity_of_lanes, per_cent);
        let mut sums = [0.0; LANES];
        for (weight, column) in weights.iter().zip(&features) {
            for (sum, feature) in sums.iter_mut().zip(column) {
                *sum += weight * feature;
            }
        }
        for sum in &mut sums {
            *sum = logistic(*sum);
        }
        chances.extend_from_slice(&sums[..terms.len()]);
    }
    chances
}

/// The features of a term.
#[must_use]
pub fn term_features(term: Statistics, rarity: f32, per_cent: f32) -> [f32; TERM_FEATURE_COUNT] {
    columns(&[term], &[rarity], per_cent).map(|[feature]| feature)
}

/// The features of several terms: of each feature a column.
#[inline]
fn columns<const N: usize>(
    terms: &[Statistics; N],
    rarity: &[f32; N],
    per_cent: f32,
) -> [[f32; N]; TERM_FEATURE_COUNT] {
    let occurrence_count = terms.map(|term| to_f32(term.occurrence_count as usize));
    let occurrences = occurrence_count.map(ln);
    let early = terms.map(|term| to_f32(term.first as usize)).map(|first| 1.0 / (first + 1.0).sqrt());
    let name = terms.map(|term| flag(term.is_name()));
    [
        [1.0; N],
        occurrences,
        terms.map(|term| to_f32(term.sentence_count as usize)).map(ln),
        terms.map(|term| flag(term.first == 0)),
        terms.map(|term| flag(term.first < 3)),
        early,
        name,
        terms.map(|term| flag(term.is_numeric)),
        terms.map(|term| f32::from(term.commonness) / 10.0),
        terms.map(|term| flag(term.commonness > 0)),
        occurrence_count.map(|count| (count * per_cent).min(10.0)),
        std::array::from_fn(|lane| name[lane] * occurrences[lane]),
        std::array::from_fn(|lane| early[lane] * rarity[lane] / 5.0),
    ]
}

/// The features that tell what kind of text it is: per sentence or per word, so that its length tells little.
fn genre_features(terms: &Terms, rarity: &[f32]) -> [f32; GENRE_FEATURE_COUNT] {
    let total = |count: fn(&super::super::term::BodySentence) -> u32| {
        to_f32(terms.sentences.iter().map(|sentence| count(sentence) as usize).sum::<usize>())
    };
    let sentences = to_f32(terms.sentences.len().max(1));
    let words = total(|sentence| sentence.word_count).max(1.0);
    let rarity = if terms.is_english { rarity.iter().sum::<f32>() / to_f32(rarity.len().max(1)) } else { 4.5 };
    [
        1.0,
        ln(sentences).min(4.5),
        (total(|sentence| sentence.mark_count) / sentences).min(2.0),
        (100.0 * total(|sentence| sentence.addressing_count) / words).min(10.0),
        if terms.capitals_tell_names {
            (100.0 * total(|sentence| sentence.capital_count) / words).min(25.0)
        } else {
            UNTOLD_CAPITALS
        },
        (100.0 * total(|sentence| sentence.number_count) / words).min(10.0),
        (words / sentences).min(40.0),
        rarity,
    ]
}

fn flag(is: bool) -> f32 {
    if is { 1.0 } else { 0.0 }
}

fn standardise_columns(rows: &mut [[f32; FEATURE_COUNT]]) {
    let count = to_f32(rows.len().max(1));
    let mut means = [0.0f32; FEATURE_COUNT];
    let mut squares = [0.0f32; FEATURE_COUNT];
    for row in rows.iter() {
        for (mean, value) in means.iter_mut().zip(row) {
            *mean += value;
        }
    }
    for mean in &mut means {
        *mean /= count;
    }
    for row in rows.iter() {
        for ((square, mean), value) in squares.iter_mut().zip(&means).zip(row) {
            *square += (value - mean) * (value - mean);
        }
    }
    for square in &mut squares {
        let deviation = (*square / count).sqrt();
        *square = if deviation > 1e-6 { 1.0 / deviation } else { 0.0 };
    }
    for row in rows {
        for ((value, mean), scale) in row.iter_mut().zip(&means).zip(&squares) {
            *value = (*value - mean) * scale;
        }
    }
}

/// Shifts and scales the values to a mean of 0 and a standard deviation of 1; equal ones all become 0.
pub fn standardise(values: &mut [f32]) {
    let count = to_f32(values.len().max(1));
    let mean = values.iter().sum::<f32>() / count;
    let deviation = (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / count).sqrt();
    for value in values {
        *value = if deviation > 1e-9 { (*value - mean) / deviation } else { 0.0 };
    }
}
