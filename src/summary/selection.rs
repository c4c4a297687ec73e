//! Which sentences together make the best summary that fits.

mod beam;
mod walk;

use crate::{
    cancel::{Cancel, Cancelled},
    document::Document,
    text::{Language, script},
};

use super::{
    Budget,
    salience::Salience,
    term::{PointsBack, Terms, to_f32},
};

/// What a sentence takes of each budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) sentences: u64,
    pub(super) words: u64,
    /// Code points, with those that join it to the sentence before.
    pub(super) chars: u64,
}

impl Size {
    const ZERO: Size = Size { sentences: 0, words: 0, chars: 0 };

    fn plus(self, other: Size) -> Size {
        Size {
            sentences: self.sentences + other.sentences,
            words: self.words + other.words,
            chars: self.chars + other.chars,
        }
    }

    fn fits(self, limit: Size) -> bool {
        self.sentences <= limit.sentences && self.words <= limit.words && self.chars <= limit.chars
    }
}

/// The sentences there are to choose from, and for what.
pub(super) struct Choice<'a> {
    pub(super) terms: &'a Terms,
    pub(super) salience: &'a Salience,
    /// Each sentence's salience by itself.
    pub(super) scaled: &'a [f32],
    /// Each sentence's size.
    pub(super) sizes: Vec<Size>,
    /// The most they may be together: a sentence's joint more than asked, as the first one has none.
    pub(super) limit: Size,
    /// Which of its limits binds.
    pub(super) aim: Aim,
    /// What may be chosen at all.
    pub(super) standards: Standards,
}

/// The limit that binds: what a summary is full by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// So many sentences.
    Sentences,
    /// So many words.
    Words,
    /// So many characters.
    Chars,
}

/// What may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standards {
    /// Sentences that read like one, none that breaks off inside a quotation or begins there without the one before it,
    /// and none that points back otherwise without it unless that is worth its cost.
    Full,
    /// Sentences that read like one.
    Whole,
    /// Any.
    Any,
}

/// Summaries of more sentences than this are chosen one sentence at a time.
const BEAM_SENTENCES: u64 = 16;

impl Choice<'_> {
    /// How much of what was asked for such a summary is, as far as it counts: of two summaries the fuller one is chosen,
    /// but the better one where both are full enough.
    pub(super) fn fill(&self, size: Size) -> f32 {
        let fullness = self.salience.fullness;
        match self.aim {
            Aim::Sentences => share(size.sentences, self.limit.sentences),
            Aim::Words => share(size.words, self.limit.words).min(fullness),
            Aim::Chars => share(size.chars, self.limit.chars).min(fullness),
        }
    }

    /// What a sentence adds to how far a summary is about the query: where so many sentences are wanted, their values
    /// say it all, but a budget on length could be filled by others.
    pub(super) fn about(&self, sentence: usize) -> f32 {
        let share = self.salience.query.get(sentence).copied().unwrap_or_default();
        if self.aim == Aim::Sentences { 0.0 } else { 2.0 * share * share }
    }

    /// Whether a sentence may be chosen, with the ones it needs.
    pub(super) fn admits(&self, sentence: usize) -> bool {
        let body = &self.terms.sentences[sentence];
        match self.standards {
            Standards::Full => body.is_whole && !body.runs_on,
            Standards::Whole => body.is_whole,
            Standards::Any => true,
        }
    }

    /// Why a sentence should not be chosen without the one before it.
    pub(super) fn points_back(&self, sentence: usize) -> Option<PointsBack> {
        self.terms.sentences[sentence].points_back.filter(|_| self.standards == Standards::Full)
    }

    /// Whether it may be chosen without it, at a cost: never as the only one.
    pub(super) fn may_dangle(&self, sentence: usize) -> bool {
        self.salience.dangling_cost.is_some()
            && self.limit.sentences > 1
            && self.points_back(sentence) == Some(PointsBack::ByWord)
    }

    /// The sentence that has to be chosen too, for that one: `Ok(None)` for none, `Err` if it can't be.
    pub(super) fn needs(&self, sentence: usize) -> Result<Option<usize>, ()> {
        let body = &self.terms.sentences[sentence];
        if self.points_back(sentence).is_none() {
            return Ok(None);
        }
        let before = sentence.checked_sub(1).ok_or(())?;
        let is_next = self.terms.sentences[before].body_index + 1 == body.body_index;
        if is_next && self.admits(before) { Ok(Some(before)) } else { Err(()) }
    }
}

/// Chooses sentences, in reading order: places in [`Terms::sentences`].
///
/// # Errors
///
/// [`Cancelled`] when `cancel` says so.
pub(super) fn select(
    document: &Document,
    terms: &Terms,
    salience: &Salience,
    scaled: &[f32],
    budget: Budget,
    cancel: Cancel<'_>,
) -> Result<Vec<usize>, Cancelled> {
    let mut choice = choice(document, terms, salience, scaled, budget);
    for standards in [Standards::Full, Standards::Whole, Standards::Any] {
        cancel.check()?;
        choice.standards = standards;
        let chosen = if expected_count(&choice) <= BEAM_SENTENCES {
            beam::search(&choice)
        } else {
            walk::walk(&choice, cancel)?
        };
        if !chosen.is_empty() {
            return Ok(chosen);
        }
    }
    Ok(Vec::new())
}

/// What there is to choose from for that budget, by full standards.
fn choice<'a>(
    document: &Document,
    terms: &'a Terms,
    salience: &'a Salience,
    scaled: &'a [f32],
    budget: Budget,
) -> Choice<'a> {
    let joint = joiner(document).len() as u64;
    let counts_words = budget.max_word_count.is_some();
    let counts_chars = budget.max_char_count.is_some();
    let sizes: Vec<Size> = terms
        .sentences
        .iter()
        .map(|sentence| {
            let text = document.sentences[sentence.sentence as usize].span.of(&document.text);
            Size {
                sentences: 1,
                words: if counts_words { count_words(text) } else { u64::from(sentence.word_count) },
                chars: if counts_chars { text.chars().count() as u64 + joint } else { text.len() as u64 + joint },
            }
        })
        .collect();
    let is_unlimited = !counts_words && !counts_chars && budget.max_sentence_count.is_none();
    let limit = Size {
        sentences: if is_unlimited { 3 } else { budget.max_sentence_count.map_or(u64::MAX, u64::from) },
        words: budget.max_word_count.map_or(u64::MAX, u64::from),
        chars: budget.max_char_count.map_or(u64::MAX, |chars| u64::from(chars) + joint),
    };
    let aim = aim(&sizes, limit);
    Choice { terms, salience, scaled, sizes, limit, aim, standards: Standards::Full }
}

/// Which of the limits binds.
fn aim(sizes: &[Size], limit: Size) -> Aim {
    let total = sizes.iter().fold(Size::default(), |total, &size| total.plus(size));
    let count = total.sentences.max(1);
    let by_words = limit.words.saturating_mul(count) / total.words.max(1);
    let by_chars = limit.chars.saturating_mul(count) / total.chars.max(1);
    if limit.sentences <= by_words.min(by_chars) {
        Aim::Sentences
    } else if by_words <= by_chars {
        Aim::Words
    } else {
        Aim::Chars
    }
}

fn share(size: u64, limit: u64) -> f32 {
    let count = |size: u64| to_f32(usize::try_from(size).unwrap_or(usize::MAX));
    count(size) / count(limit).max(1.0)
}

/// About how many sentences fit.
fn expected_count(choice: &Choice<'_>) -> u64 {
    let total = choice.sizes.iter().fold(Size::default(), |total, &size| total.plus(size));
    let count = total.sentences;
    let fitting = |limit: u64, total: u64| limit.saturating_mul(count) / total.max(1);
    choice
        .limit
        .sentences
        .min(fitting(choice.limit.words, total.words))
        .min(fitting(choice.limit.chars, total.chars))
        .min(count)
}

/// What joins the sentences of a summary: a space, or nothing in scripts that write none.
#[must_use]
pub fn joiner(document: &Document) -> &'static str {
    let writes_none = matches!(document.language, Language::Chinese | Language::Japanese | Language::Thai)
        || document
            .body()
            .next()
            .and_then(|sentence| sentence.span.of(&document.text).chars().find(|c| c.is_alphabetic()))
            .is_some_and(script::is_unspaced);
    if writes_none { "" } else { " " }
}

/// Counts words: what white space separates, but every ideograph and kana by itself, and what else stands between them.
#[must_use]
pub fn count_words(text: &str) -> u64 {
    text.split_whitespace().map(|piece| if piece.is_ascii() { 1 } else { count_pieces(piece) }).sum()
}

fn count_pieces(piece: &str) -> u64 {
    let mut count = 0;
    let mut in_other = false;
    let mut has_single = false;
    for c in piece.chars() {
        if is_single(c) {
            count += 1;
            has_single = true;
            in_other = false;
        } else if !c.is_alphanumeric() {
            in_other = false;
        } else if !in_other {
            count += 1;
            in_other = true;
        }
    }
    if has_single { count } else { 1 }
}

/// Whether a character counts as a word: ideographs and kana.
fn is_single(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9d}' | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_words_as_white_space_separates_them() {
        let check = |text, expected| assert_eq!(count_words(text), expected, "{text}");
        check("", 0);
        check("Ukraine’s U.S.-led talks -- again", 5);
        check("東京は、雨。", 4);
        check("iPhone 15を東京で", 6);
        check("été à", 2);
        check("한국 사람", 2);
    }
}
