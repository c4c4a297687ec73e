//! Words that may name who spoke: names, noun phrases and pronouns, found by how they are written and by word lists.

use std::ops::Range;

use super::{
    caseless,
    words::{Words, range},
};
use crate::{
    cancel::{Cancel, Cancelled},
    text::{Class, Language, token::Shape},
};

/// The most tokens before a noun that belong to its phrase.
const MAX_MODIFIERS: usize = 9;
/// The most tokens of a name.
const MAX_NAME: usize = 14;
/// In how many tokens there is one mention, or a little more: what room is made for.
const USUAL_TOKENS: usize = 5;

/// Words that may name who spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// All of it, as indexes of tokens.
    pub tokens: Range<usize>,
    /// What it comes down to: the name without what stands before it, the noun, the pronoun.
    pub core: Range<usize>,
    /// What kind of words they are.
    pub kind: Kind,
}

/// What kind of words a mention is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// "Ivan Gil", "Deputy Foreign Minister Ivan Gil".
    Name,
    /// "the deputy minister".
    Nominal,
    /// "he", "she".
    Pronoun,
    /// "they", "it".
    Plural,
    /// "I", "we".
    FirstPerson,
    /// "who".
    Relative,
}

/// Function words: they neither begin a name nor stand inside a noun phrase.
const FUNCTION: Class = Class::STOP
    .or(Class::POINTS_BACK)
    .or(Class::PREPOSITION)
    .or(Class::AUXILIARY)
    .or(Class::OPENS_SENTENCE)
    .or(Class::TIME);

/// Of a word that is on none of these lists, and not capitalised, no mention is told.
const MENTIONED: Class = Class::HE
    .or(Class::SHE)
    .or(Class::THEY)
    .or(Class::FIRST_PERSON)
    .or(Class::WHO)
    .or(Class::ROLE)
    .or(Class::BODY)
    .or(Class::CUE);

/// The mentions of a document, in reading order.
///
/// # Errors
///
/// [`Cancelled`] when `cancel` says so.
pub fn find(words: &Words, cancel: Cancel<'_>) -> Result<Vec<Mention>, Cancelled> {
    let mut mentions: Vec<Mention> = Vec::with_capacity(words.len() / USUAL_TOKENS);
    for sentence in words.document.sentences.iter().filter(|sentence| Words::is_read(sentence)) {
        cancel.check()?;
        let bounds = range(&sentence.tokens);
        if caseless::is_caseless(words.document.language) {
            mentions.extend(caseless::mentions(words, &bounds));
            continue;
        }
        let mut at = bounds.start;
        while let Some(begin) = (at..bounds.end).find(|&at| may_begin(words, at)) {
            at = next(words, &bounds, begin, &mut mentions);
        }
    }
    Ok(mentions)
}

/// Whether a mention may begin at `at`: what most words are neither, so that they are asked once.
fn may_begin(words: &Words, at: usize) -> bool {
    let is_any = words.is(at, Shape::CAPITALISED) || words.on(at, MENTIONED) || is_handle(words, at);
    is_any && words.is(at, Shape::WORD)
}

/// Reads the mention at `at`, where one may begin, if there is one; answers where to go on.
fn next(words: &Words, bounds: &Range<usize>, at: usize, mentions: &mut Vec<Mention>) -> usize {
    if let Some(kind) = pronoun(words, at) {
        mentions.push(Mention { tokens: at..at + 1, core: at..at + 1, kind });
        return at + 1;
    }
    if is_handle(words, at) {
        mentions.push(Mention { tokens: at..at + 1, core: at..at + 1, kind: Kind::Name });
        return at + 1;
    }
    if begins_name(words, bounds, at) {
        let end = name_end(words, bounds, at);
        let mention = named(words, bounds, at, end);
        let read = mention.as_ref().map_or(end, |mention| mention.tokens.end.max(end));
        mentions.extend(mention);
        return read;
    }
    if words.on(at, Class::ROLE.or(Class::BODY)) && !words.is(at, Shape::NUMERIC) {
        let mut head = at;
        while head + 1 < bounds.end && is_noun(words, head + 1) {
            head += 1;
        }
        // "spokesman John Smith": it belongs to the name.
        let leads = head + 1 < bounds.end && begins_name(words, bounds, head + 1) && words.on(head, Class::ROLE);
        if !leads {
            let begin = phrase_begin(words, bounds, at);
            let end = phrase_end(words, bounds, head + 1);
            push(mentions, Mention { tokens: begin..end, core: head..head + 1, kind: Kind::Nominal });
            // What an office is of names nobody else; the English model was learned with it named apart.
            if words.document.language != Language::English {
                return end;
            }
        }
        return head + 1;
    }
    // "the nine-page memo said"
    if words.on(at, Class::CUE) && at > bounds.start && !words.is(at, Shape::CAPITALISED) {
        // "the candidate boldly suggested"
        let is_adverb = at > bounds.start + 1 && words.text(at - 1).ends_with("ly") && is_noun_like(words, at - 2);
        let end = at - usize::from(is_adverb);
        let ends_here = mentions.last().is_some_and(|last| last.tokens.end == end);
        if !ends_here && is_noun_like(words, end - 1) {
            let begin = phrase_begin(words, bounds, end - 1);
            if words.on(begin, Class::DETERMINER) && end - begin > 1 {
                push(mentions, Mention { tokens: begin..end, core: end - 1..end, kind: Kind::Nominal });
            }
        }
    }
    at + 1
}

/// The mention that begins at a token, as a place among `mentions`.
#[must_use]
pub fn beginning_at(mentions: &[Mention], token: usize) -> Option<usize> {
    let at = mentions.partition_point(|mention| mention.tokens.start < token);
    mentions.get(at).is_some_and(|mention| mention.tokens.start == token).then_some(at)
}

/// The last mention that begins before a token, as a place among `mentions`.
#[must_use]
pub fn last_before(mentions: &[Mention], token: usize) -> Option<usize> {
    mentions.partition_point(|mention| mention.tokens.start < token).checked_sub(1)
}

fn push(mentions: &mut Vec<Mention>, mention: Mention) {
    if mentions.last().is_none_or(|last| last.tokens != mention.tokens) {
        mentions.push(mention);
    }
}

fn pronoun(words: &Words, at: usize) -> Option<Kind> {
    let class = words.classes[at];
    if class.any(Class::HE.or(Class::SHE)) {
        Some(Kind::Pronoun)
    } else if class.any(Class::THEY) {
        Some(Kind::Plural)
    } else if class.any(Class::FIRST_PERSON) {
        Some(Kind::FirstPerson)
    } else if class.any(Class::WHO) {
        Some(Kind::Relative)
    } else {
        None
    }
}

/// "@harbourmaster": an account's name.
fn is_handle(words: &Words, at: usize) -> bool {
    words.byte(at) == b'@'
}

fn is_noun(words: &Words, at: usize) -> bool {
    words.on(at, Class::ROLE.or(Class::BODY)) && !words.is(at, Shape::CAPITALISED)
}

fn is_noun_like(words: &Words, at: usize) -> bool {
    words.is(at, Shape::WORD) && !words.on(at, FUNCTION.or(Class::CUE).or(Class::DETERMINER)) && words.byte(at) != b'\''
}

/// Whether a name begins here.
fn begins_name(words: &Words, bounds: &Range<usize>, at: usize) -> bool {
    if !words.is(at, Shape::CAPITALISED) || words.on(at, FUNCTION.or(Class::DETERMINER)) {
        return false;
    }
    // "Russian-built"
    let part = at + 2;
    if part < bounds.end
        && words.byte(at + 1) == b'-'
        && !words.is(at + 1, Shape::AFTER_SPACE)
        && !words.is(part, Shape::AFTER_SPACE)
        && words.is(part, Shape::WORD)
        && words.text(part).starts_with(char::is_lowercase)
        && words.document.language == Language::English
    {
        return false;
    }
    let opens = at == bounds.start || !words.is(at - 1, Shape::WORD) && words.byte(at - 1) != b'-';
    if !opens {
        return true;
    }
    let next_is_name = at + 1 < bounds.end
        && words.is(at + 1, Shape::CAPITALISED)
        && !words.on(at + 1, FUNCTION.or(Class::DETERMINER));
    if words.on(at, Class::CUE) {
        return false;
    }
    if words.on(at, Class::ROLE.or(Class::BODY)) {
        let of_office = at + 2 < bounds.end && words.text(at + 1) == "of" && words.is(at + 2, Shape::CAPITALISED);
        return next_is_name
            || of_office && words.on(at, Class::TITLE)
            || words.on(at, Class::TITLE) && at + 1 < bounds.end && words.byte(at + 1) == b'.';
    }
    next_is_name || !words.is_written_low(at)
}

/// Where the name that begins at `at` ends.
fn name_end(words: &Words, bounds: &Range<usize>, at: usize) -> usize {
    let limit = bounds.end.min(at + MAX_NAME);
    // In a headline every word is capitalised.
    let is_headline = words.is_headline(at);
    let is_verb = |at: usize| is_headline && words.on(at, Class::CUE);
    // "Julie A. Diaz": an initial, whatever word it looks like.
    let is_initial = |at: usize| {
        words.token(at).span.len_bytes() == 1
            && at + 1 < limit
            && words.byte(at + 1) == b'.'
            && !words.is(at + 1, Shape::AFTER_SPACE)
    };
    let is_name_word = |at: usize| {
        at < limit
            && !is_verb(at)
            && words.is(at, Shape::CAPITALISED)
            && (!words.on(at, FUNCTION.or(Class::DETERMINER)) || is_initial(at))
    };
    let mut end = at + 1;
    while end < limit {
        let step = name_step(words, limit, end, is_name_word);
        if step == 0 {
            break;
        }
        end += step;
    }
    end
}

/// How many tokens at `at` go on with the name before it.
fn name_step(words: &Words, limit: usize, at: usize, is_name_word: impl Fn(usize) -> bool) -> usize {
    let byte = words.byte(at);
    let attached = |at: usize| at < limit && !words.is(at, Shape::AFTER_SPACE);
    let low = |at: usize, classes: Class| at < limit && words.on(at, classes) && !words.is(at, Shape::CAPITALISED);
    let joins = byte == b'.' && attached(at) && abbreviates(words, at - 1)
        || matches!(byte, b'-' | b'&')
        || low(at, Class::PARTICLE);
    let hyphen = byte == b'-' && attached(at) && attached(at + 1) && words.is(at + 1, Shape::WORD);
    let of_body =
        words.text(at).eq_ignore_ascii_case("of") && words.on(at - 1, Class::BODY.or(Class::ROLE).or(Class::TITLE));
    let of_the = (low(at, Class::PARTICLE) || of_body) && low(at + 1, Class::PARTICLE.or(Class::DETERMINER));
    // "Marine Le Pen", "Ursula Von der Leyen": capitalised in the middle of a name, an article is a part of it.
    let is_article = at < limit
        && words.is(at, Shape::CAPITALISED)
        && words.on(at, Class::DETERMINER)
        && words.document.language != Language::English;
    if is_name_word(at) {
        1
    } else if (joins || of_body || is_article) && is_name_word(at + 1) || hyphen {
        2
    } else if of_the && is_name_word(at + 2) {
        3
    } else if is_nickname(words, limit, at) {
        4
    } else {
        0
    }
}

/// `“Bill” Lee` behind a first name.
fn is_nickname(words: &Words, limit: usize, at: usize) -> bool {
    at + 3 < limit
        && !words.is(at, Shape::WORD)
        && is_mark(words.text(at))
        && words.is(at + 1, Shape::CAPITALISED)
        && is_mark(words.text(at + 2))
        && words.is(at + 3, Shape::CAPITALISED)
}

fn is_mark(text: &str) -> bool {
    matches!(text, "\"" | "“" | "”" | "‘" | "’" | "'" | "„" | "«" | "»")
}

/// Whether the token is short for something, so that the full stop behind it ends no sentence.
fn abbreviates(words: &Words, at: usize) -> bool {
    words.on(at, Class::ABBREVIATIONS.or(Class::TITLE)) || words.token(at).span.len_bytes() <= 2
}

/// The name from `begin` to `end`, with the title or the noun phrase before it.
fn named(words: &Words, bounds: &Range<usize>, begin: usize, end: usize) -> Option<Mention> {
    let last = end - 1;
    let is_title = |at: usize| words.on(at, Class::TITLE.or(Class::ROLE).or(Class::TITLE_ABBREVIATION));
    let mut core = begin;
    for at in begin..last {
        if is_title(at) {
            core = at + 1;
            while core < last && matches!(words.byte(core), b'.' | b'-') {
                core += 1;
            }
        }
    }
    // "Secretary of State John Kerry": the office's own name is none of the person's.
    if core + 2 < end && core > begin && words.text(core) == "of" {
        let is_first_name = |at: &usize| words.on(*at, Class::MANS_NAME.or(Class::WOMANS_NAME));
        core = (core + 1..last).find(is_first_name).unwrap_or(core + 2);
    }
    if end - begin == 1 && words.on(last, Class::TITLE_ABBREVIATION) {
        return None;
    }
    // "Press Secretary", "Officials": a noun phrase, however it is written.
    let kind = if is_title(last) && !words.on(last, Class::MANS_NAME.or(Class::WOMANS_NAME)) {
        Kind::Nominal
    } else {
        Kind::Name
    };
    if kind == Kind::Nominal {
        let is_english = words.document.language == Language::English;
        let whole = if is_english { end } else { phrase_end(words, bounds, end) };
        return Some(Mention { tokens: phrase_begin(words, bounds, begin)..whole, core: last..end, kind });
    }
    let leads = begin > bounds.start && is_noun(words, begin - 1);
    let begin =
        if leads || core > begin { phrase_begin(words, bounds, if leads { begin - 1 } else { begin }) } else { begin };
    Some(Mention { tokens: begin..end, core: core..end, kind })
}

/// Where the noun phrase begins that the token at `at` belongs to.
fn phrase_begin(words: &Words, bounds: &Range<usize>, at: usize) -> usize {
    let mut begin = at;
    let limit = bounds.start.max(at.saturating_sub(MAX_MODIFIERS));
    while begin > limit {
        let before = begin - 1;
        if words.on(before, Class::DETERMINER) {
            return if words.text(before) == "that" { begin } else { before };
        }
        let byte = words.byte(before);
        let is_possessive = words.is_possessive(before);
        let joins = byte == b'-' && before > limit && !words.is(before, Shape::AFTER_SPACE)
            || byte == b'.'
                && before > limit
                && abbreviates(words, before - 1)
                && !words.is(before, Shape::AFTER_SPACE);
        let modifies = words.is(before, Shape::WORD)
            && !words.on(before, FUNCTION)
            && (!words.on(before, Class::CUE) || words.is(before, Shape::CAPITALISED));
        if !(modifies || joins || is_possessive && before > limit && words.is(before - 1, Shape::WORD)) {
            break;
        }
        // "the top diplomat met Mr Wang": a noun of its own, and a verb.
        let is_verb = begin < at && words.is(begin, Shape::WORD) && !words.is_possessive(begin);
        if is_verb && words.is(at, Shape::CAPITALISED) && is_noun(words, before) {
            return at;
        }
        begin = before;
    }
    while begin < at && !words.is(begin, Shape::WORD) {
        begin += 1;
    }
    begin
}

/// Where a noun phrase ends: behind "of the union", where what follows is no part of it.
fn phrase_end(words: &Words, bounds: &Range<usize>, at: usize) -> usize {
    let is_english = matches!(words.document.language, Language::English | Language::Other);
    let opens = |at: usize| {
        at < bounds.end
            && if is_english {
                matches!(words.text(at), "of" | "for" | "at" | "from" | "with" | "in")
            } else {
                words.on(at, Class::PARTICLE) || matches!(words.text(at), "der" | "des" | "vom")
            }
    };
    if !opens(at) {
        return at;
    }
    let mut end = at + 1;
    while end < bounds.end && end - at < MAX_MODIFIERS {
        let is_part = words.is(end, Shape::CAPITALISED)
            || words.on(end, Class::DETERMINER)
            || words.is(end, Shape::WORD) && !words.on(end, FUNCTION.or(Class::CUE))
            || words.byte(end) == b'-'
            || matches!(words.text(end), "of" | "'s" | "’s")
            || !is_english && words.on(end, Class::PARTICLE)
            || words.byte(end) == b'.' && abbreviates(words, end - 1) && end + 1 < bounds.end;
        if !is_part {
            break;
        }
        end += 1;
    }
    // "some of the replies": what it is of is no part of it, so neither is "the".
    let is_closed = end > at + 1
        && !words.on(end - 1, Class::DETERMINER)
        && end < bounds.end
        && (words.on(end, Class::CUE.or(Class::AUXILIARY).or(Class::WHO)) || !words.is(end, Shape::WORD));
    if is_closed { end } else { at }
}
