//! The learned weights: `data/summary_weights.txt`, as `examples/learn_summaries.rs` writes it.

use std::{fmt::Write, sync::LazyLock};

use crate::{summary::elementary::logistic, text::lexicon::entries};

use super::feature::{FEATURE_COUNT, FEATURES, GENRE_FEATURE_COUNT, GENRE_FEATURES, TERM_FEATURE_COUNT, TERM_FEATURES};

/// How features add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// To the chance that a summary has a term.
    pub chance: [f32; TERM_FEATURE_COUNT],
    /// To the odds that a text is built like news.
    pub is_news: [f32; GENRE_FEATURE_COUNT],
    /// To the odds that a text that is not is an abstract.
    pub is_abstract: [f32; GENRE_FEATURE_COUNT],
    /// To a sentence's value in news.
    pub news: Blend,
    /// To a sentence's value in news of which one sentence is wanted.
    pub news_in_one: Blend,
    /// To a sentence's value in an abstract.
    pub abstracts: Blend,
    /// To a sentence's value in any other text.
    pub other: Blend,
}

/// How a sentence's features add up in one kind of text, or in what lies between kinds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blend {
    /// For each of [`FEATURES`].
    pub sentence: [f32; FEATURE_COUNT],
    /// For the share of a summary's words that are likely to be in one that people write.
    pub coverage: f32,
}

static LEARNED: LazyLock<Weights> = LazyLock::new(|| Weights::read(include_str!("../../../data/summary_weights.txt")));

impl Weights {
    /// Those that come with the library.
    #[must_use]
    pub fn learned() -> &'static Self {
        &LEARNED
    }

    /// Reads lines of a model, a feature and its weight. What is not there weighs nothing.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut weights = Self::default();
        for line in entries(text) {
            let mut words = line.split_whitespace();
            if let (Some(model), Some(name), Some(Ok(weight))) =
                (words.next(), words.next(), words.next().map(str::parse))
                && let Some(place) = weights.place(model, name)
            {
                *place = weight;
            }
        }
        weights
    }

    /// Writes the lines that [`Weights::read`] reads.
    #[must_use]
    pub fn write(&self) -> String {
        let mut copy = self.clone();
        let mut lines = String::new();
        for (model, names) in MODELS {
            for name in *names {
                if let Some(weight) = copy.place(model, name) {
                    // Writing to a string cannot fail.
                    let _ = writeln!(lines, "{model} {name} {weight:.4}");
                }
            }
        }
        lines
    }

    /// Rounds to the digits that [`Weights::write`] keeps.
    pub fn round(&mut self) {
        *self = Self::read(&self.write());
    }

    fn place(&mut self, model: &str, name: &str) -> Option<&mut f32> {
        let at = |names: &[&str]| names.iter().position(|&n| n == name);
        let blend = match model {
            "chance" => return at(&TERM_FEATURES).map(|at| &mut self.chance[at]),
            "is_news" => return at(&GENRE_FEATURES).map(|at| &mut self.is_news[at]),
            "is_abstract" => return at(&GENRE_FEATURES).map(|at| &mut self.is_abstract[at]),
            "news" => &mut self.news,
            "news_in_one" => &mut self.news_in_one,
            "abstract" => &mut self.abstracts,
            "other" => &mut self.other,
            _ => return None,
        };
        if name == "set_coverage" { Some(&mut blend.coverage) } else { at(&FEATURES).map(|at| &mut blend.sentence[at]) }
    }

    /// How far a text is news, an abstract and anything else: shares that add up to 1.
    #[must_use]
    pub fn genres(&self, genre: &[f32; GENRE_FEATURE_COUNT]) -> [f32; 3] {
        let odds = |weights: &[f32; GENRE_FEATURE_COUNT]| {
            logistic(weights.iter().zip(genre).map(|(weight, feature)| weight * feature).sum())
        };
        let news = odds(&self.is_news);
        let abstracts = (1.0 - news) * odds(&self.is_abstract);
        [news, abstracts, 1.0 - news - abstracts]
    }

    /// The weights for a text of that kind, of which one sentence is wanted or more.
    #[must_use]
    pub fn blend(&self, genre: &[f32; GENRE_FEATURE_COUNT], in_one: bool) -> Blend {
        let shares = self.genres(genre);
        let kinds = [if in_one { &self.news_in_one } else { &self.news }, &self.abstracts, &self.other];
        let mut mixed = Blend::default();
        for (share, kind) in shares.into_iter().zip(kinds) {
            for (weight, own) in mixed.sentence.iter_mut().zip(&kind.sentence) {
                *weight += share * own;
            }
            mixed.coverage += share * kind.coverage;
        }
        mixed
    }
}

const BLEND: &[&str] = &{
    let mut names = ["set_coverage"; FEATURE_COUNT + 1];
    let mut at = 0;
    while at < FEATURE_COUNT {
        names[at] = FEATURES[at];
        at += 1;
    }
    names
};

/// The models and what their weights are for.
const MODELS: &[(&str, &[&str])] = &[
    ("chance", &TERM_FEATURES),
    ("is_news", &GENRE_FEATURES),
    ("is_abstract", &GENRE_FEATURES),
    ("news", BLEND),
    ("news_in_one", BLEND),
    ("abstract", BLEND),
    ("other", BLEND),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let weights = Weights::learned();
        assert_eq!(Weights::read(&weights.write()), *weights);
        let lines = entries(include_str!("../../../data/summary_weights.txt")).count();
        assert_eq!(lines, weights.write().lines().count(), "every weight stands in the file once");
    }
}
