//! Stems: what the forms of a word share.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

use super::Language;

/// Words shorter than this are stems already, and longer ones are not words, in bytes.
const WORD_BYTES: std::ops::RangeInclusive<usize> = 3..=64;

/// The stem of a folded word in `language`: the word itself in a language without stemming rules, and for what is no plain
/// word.
pub(super) fn of(folded: &str, language: Language) -> Cow<'_, str> {
    match algorithm(language) {
        Some(algorithm) if WORD_BYTES.contains(&folded.len()) && is_plain(folded) => {
            Stemmer::new(algorithm).stem(folded)
        }
        _ => Cow::Borrowed(folded),
    }
}

/// Letters and apostrophes alone: what has a stem.
fn is_plain(folded: &str) -> bool {
    folded.chars().all(|c| c.is_alphabetic() || c == '\'')
}

fn algorithm(language: Language) -> Option<Algorithm> {
    Some(match language {
        Language::Danish => Algorithm::Danish,
        Language::Dutch => Algorithm::Dutch,
        Language::English => Algorithm::English,
        Language::Finnish => Algorithm::Finnish,
        Language::French => Algorithm::French,
        Language::German => Algorithm::German,
        Language::Italian => Algorithm::Italian,
        Language::Norwegian => Algorithm::Norwegian,
        Language::Portuguese => Algorithm::Portuguese,
        Language::Russian => Algorithm::Russian,
        Language::Spanish => Algorithm::Spanish,
        Language::Swedish => Algorithm::Swedish,
        Language::Chinese | Language::Japanese | Language::Thai | Language::Other => return None,
    })
}
