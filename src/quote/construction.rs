//! Constructions that settle who spoke, or that somebody did, whatever else stands around a quote.

use std::ops::Range;

use super::{
    attribution::{Candidate, Choice, Scene, feature},
    caseless,
    content::{self, Piece},
    mention::{Kind, Mention},
    words::Words,
};
use crate::text::{Class, Language, token::Shape};

/// The most tokens of a line that signs a quote: name, office, place and date.
const MAX_SIGNATURE: usize = 16;
/// The most tokens between a passive cue and its "by".
const MAX_PASSIVE: usize = 4;
/// How far from a quote its source may stand, in tokens.
const MAX_REACH: usize = 32;
/// The most words of what may be a title.
const MAX_TITLE_WORDS: usize = 7;
/// The most tokens that stand beside a quote in its paragraph when the paragraph is a turn of a dialogue.
const MAX_TURN: usize = 12;

/// Whether a piece is speech by the way it is written: a sentence, or the beginning of one that a comma closes.
pub(super) fn is_utterance(words: &Words, piece: &Piece) -> bool {
    let word_tokens = || piece.inner.clone().filter(|&at| words.is(at, Shape::WORD));
    let Some(first) = word_tokens().next() else { return false };
    let count = word_tokens().count();
    let opens_low = words.text(first).starts_with(char::is_lowercase);
    if opens_low || count <= MAX_TITLE_WORDS && is_titled(words, piece) {
        return false;
    }
    let opens = piece.tokens.start == words.sentence_tokens(piece.tokens.start).start
        || matches!(words.text(piece.tokens.start - 1), "," | ":");
    let ending = words.text(piece.inner.end - 1);
    let ends_sentence = matches!(ending, "." | "!" | "?" | "…");
    let behind = piece.tokens.end;
    let ends_clause = ending == "," || behind < words.len() && words.text(behind) == ",";
    opens && (ends_sentence && count > 2 || ends_clause && count > 1) || !piece.is_closed && ends_sentence && count > 2
}

/// Whether all the longer words are capitalised, as in the titles of works.
fn is_titled(words: &Words, piece: &Piece) -> bool {
    let mut longer =
        piece.inner.clone().filter(|&at| words.is(at, Shape::WORD) && words.token(at).span.len_bytes() > 3);
    longer.all(|at| words.is(at, Shape::CAPITALISED))
}

/// The source that a construction gives a piece, if one does.
pub(super) fn source(scene: &Scene, piece: usize, choices: &[Choice]) -> Option<Candidate> {
    let of = &scene.pieces[piece];
    if !of.is_marked {
        return None;
    }
    caseless::source(scene, of)
        .or_else(|| transcript(scene, of))
        .or_else(|| signature(scene, of))
        .or_else(|| quoted_as_saying(scene, of))
        .or_else(|| claim(scene, of))
        .or_else(|| foreign(scene, of))
        .or_else(|| turn(scene, piece, choices))
}

/// "“PENCE: …": a turn of a transcript, inside marks.
fn transcript(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let label = content::turn_label(scene.words, piece)?;
    let at = scene.mentions.partition_point(|mention| mention.tokens.end < label.end);
    let mention = scene.mentions.get(at).filter(|mention| mention.tokens.end == label.end)?;
    (mention.tokens.start >= label.start).then_some(Candidate::Source { mention: at, cue: None })
}

/// `“…” — Name`, in the same line or the next one.
fn signature(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let behind = piece.tokens.end;
    let begin = (behind..words.len().min(behind + 3)).find(|&at| !is_dash(words.text(at)))?;
    if begin == behind {
        return None;
    }
    let at = mention_at(scene, begin)?;
    let mention = &scene.mentions[at];
    let paragraph = words.paragraph(begin);
    let same = paragraph == piece.paragraph;
    let opens_next = paragraph == piece.paragraph + 1 && words.paragraph(behind) == paragraph;
    let end = (begin..words.len()).take(MAX_SIGNATURE + 1).find(|&at| words.paragraph(at) != paragraph);
    let end = end.or((words.len() - begin <= MAX_SIGNATURE).then_some(words.len()))?;
    let tail = mention.tokens.end..end;
    let is_signature = mention.kind == Kind::Name
        && (same || opens_next)
        && (tail.is_empty() || matches!(words.text(tail.start), "," | "(" | "."))
        && !tail.clone().any(|at| words.on(at, Class::CUE.or(Class::AUXILIARY)));
    is_signature.then_some(Candidate::Source { mention: at, cue: None })
}

fn is_dash(text: &str) -> bool {
    matches!(text, "-" | "–" | "—" | "―" | "--")
}

/// "The agency quotes Gil as saying": it is Gil who says it.
fn quoted_as_saying(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    mentions_beside(scene, piece).find_map(|at| {
        let mention = &scene.mentions[at];
        let behind = mention.tokens.end;
        let before = mention.tokens.start.checked_sub(1)?;
        let is_cited = matches!(words.text(before), "quotes" | "quoted" | "quoting" | "cites" | "cited" | "citing");
        let says = behind + 1 < words.len()
            && words.text(behind) == "as"
            && matches!(words.text(behind + 1), "saying" | "telling" | "writing");
        (is_cited && says).then(|| Candidate::Source { mention: at, cue: Some(behind + 1..behind + 2) })
    })
}

/// "Gil's claim that it is “…”".
fn claim(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let bounds = words.sentence_tokens(piece.inner.start);
    let before = (bounds.start..piece.tokens.start).rev().take(MAX_REACH);
    let that = before.into_iter().find(|&at| words.text(at) == "that")?;
    let noun = that.checked_sub(1).filter(|&noun| noun > bounds.start && words.on(noun, Class::CUE))?;
    let possessive =
        (bounds.start..noun).rev().take(3).find(|&at| matches!(words.text(at), "'s" | "’s" | "'" | "’"))?;
    let at = scene.mentions.partition_point(|mention| mention.tokens.start < possessive).checked_sub(1)?;
    if scene.mentions[at].tokens.end != possessive {
        return None;
    }
    let is_nearest =
        (that + 1..piece.tokens.start).all(|at| !words.on(at, Class::CUE) && scene.symbols[at] != feature::PIECE);
    is_nearest.then_some(Candidate::Source { mention: at, cue: Some(noun..noun + 1) })
}

/// Outside English, what the model has learned to see as English: the verb between quote and name, whatever auxiliary and
/// article stand by it, and what names a source at the head of the sentence.
fn foreign(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    if words.document.language == Language::English {
        return None;
    }
    let bounds = words.sentence_tokens(piece.inner.end - 1);
    let first = bounds.start;
    if words.on(first, Class::CUE)
        && (first + 1..first + MAX_REACH).contains(&piece.tokens.start)
        && let Some(at) = (first + 1..bounds.end.min(first + 4)).find_map(|at| mention_at(scene, at))
        && (scene.mentions[at].tokens.end..piece.tokens.start).all(|at| !words.on(at, Class::CUE))
    {
        return Some(Candidate::Source { mention: at, cue: Some(first..first + 1) });
    }
    let mut at = piece.tokens.end;
    let end = words.sentence_tokens(at.min(words.len() - 1)).end.min(at + 8);
    at += usize::from(at < end && words.text(at) == ",");
    let cue = (at..end).find(|&at| !words.on(at, Class::AUXILIARY)).filter(|&at| words.on(at, Class::CUE))?;
    let joins = |at: usize| !words.is(at, Shape::WORD) && words.text(at) != "-" || words.on(at, Class::CUE);
    let at = (cue + 1..end).take_while(|&at| !joins(at)).take(4).find_map(|at| mention_at(scene, at))?;
    Some(Candidate::Source { mention: at, cue: Some(cue..cue + 1) })
}

/// A turn of a dialogue that names nobody, behind two turns of two speakers: the first speaks again.
fn turn(scene: &Scene, piece: usize, choices: &[Choice]) -> Option<Candidate> {
    let [before, last] = [piece.checked_sub(2)?, piece - 1];
    let paragraph = scene.pieces[piece].paragraph;
    let is_turn = |at: usize, back: usize, beside: usize| {
        let piece = &scene.pieces[at];
        let bounds = paragraph_tokens(scene.words, piece);
        piece.paragraph + back == paragraph
            && piece.is_closed
            && bounds.start == piece.tokens.start
            && bounds.end - piece.tokens.end <= beside
    };
    let asks = [before, last, piece].iter().any(|&at| {
        let inner = &scene.pieces[at].inner;
        scene.words.text(inner.end - 1) == "?"
    });
    let (Candidate::Source { mention, .. }, Candidate::Source { mention: other, .. }) =
        (&choices[before].candidate, &choices[last].candidate)
    else {
        return None;
    };
    let is_dialogue = asks && is_turn(piece, 0, 0) && is_turn(last, 1, MAX_TURN) && is_turn(before, 2, MAX_TURN);
    (is_dialogue && mention != other).then_some(Candidate::Source { mention: *mention, cue: None })
}

/// The tokens of the paragraph a piece stands in.
fn paragraph_tokens(words: &Words, piece: &Piece) -> Range<usize> {
    let sentences = &words.document.paragraphs[piece.paragraph].sentences;
    let tokens = |sentence: u32| &words.document.sentences[sentence as usize].tokens;
    tokens(sentences.start).start as usize..tokens(sentences.end - 1).end as usize
}

/// "described by Gil as “…”": the cue of a source behind "by".
pub(super) fn passive_cue(scene: &Scene, mention: &Mention) -> Option<Range<usize>> {
    let words = scene.words;
    let by = mention.tokens.start.checked_sub(1).filter(|&by| words.text(by) == "by")?;
    let start = words.sentence_tokens(by).start;
    let outside = (start..by).rev().take(MAX_REACH).filter(|&at| scene.symbols[at] != feature::PIECE);
    outside.take(MAX_PASSIVE).find(|&at| words.on(at, Class::CUE)).map(|at| at..at + 1)
}

/// "the head of the service, Ilkka Salo,": the name behind an office names the same.
pub(super) fn named_behind(scene: &Scene, mention: usize) -> Option<usize> {
    let words = scene.words;
    let office = &scene.mentions[mention];
    let comma = office.tokens.end;
    if office.kind != Kind::Nominal || comma + 1 >= words.len() || words.text(comma) != "," {
        return None;
    }
    let at = mention_at(scene, comma + 1)?;
    let name = &scene.mentions[at];
    let behind = name.tokens.end;
    let ends = behind >= words.len()
        || matches!(words.text(behind), "," | "." | ":" | ";")
        || words.sentence_of[behind] != words.sentence_of[comma];
    (name.kind == Kind::Name && ends).then_some(at)
}

/// "Brook and Lee said", "said Brook and Lee": the other source joined to a mention.
pub(super) fn joined(scene: &Scene, mention: usize, cue: Option<&Range<usize>>) -> Option<usize> {
    let words = scene.words;
    let cue = cue?;
    let is_and = |at: usize| matches!(words.text(at), "and" | "&" | "und" | "et" | "y" | "e" | "en");
    let of = &scene.mentions[mention];
    let sentence = words.sentence_of[of.tokens.start];
    let names = |at: usize| {
        let other = &scene.mentions[at];
        matches!(other.kind, Kind::Name) && words.sentence_of[other.tokens.start] == sentence
    };
    if of.kind != Kind::Name {
        return None;
    }
    let and = of.tokens.end;
    if and + 1 < words.len() && is_and(and) {
        let other = mention_at(scene, and + 1).filter(|&at| names(at))?;
        let behind = scene.mentions[other].tokens.end;
        // "said Brook and Lee agreed" joins sentences.
        let joins =
            if cue.start > and { cue.start == behind } else { behind >= words.len() || !words.on(behind, Class::CUE) };
        return joins.then_some(other);
    }
    let and = of.tokens.start.checked_sub(1).filter(|&and| is_and(and) && cue.start == of.tokens.end)?;
    let other = mention.checked_sub(1).filter(|&at| scene.mentions[at].tokens.end == and && names(at))?;
    let before = scene.mentions[other].tokens.start.checked_sub(1);
    before.is_none_or(|before| !words.on(before, Class::CUE.or(Class::PREPOSITION))).then_some(other)
}

/// The mention that begins at a token.
fn mention_at(scene: &Scene, token: usize) -> Option<usize> {
    let at = scene.mentions.partition_point(|mention| mention.tokens.start < token);
    scene.mentions.get(at).is_some_and(|mention| mention.tokens.start == token).then_some(at)
}

/// The mentions right behind a piece, then those before it.
fn mentions_beside<'s>(scene: &'s Scene, piece: &Piece) -> impl Iterator<Item = usize> + use<'s> {
    let first = scene.mentions.partition_point(|mention| mention.tokens.start < piece.tokens.start);
    let behind = scene.mentions.partition_point(|mention| mention.tokens.start < piece.tokens.end);
    let begin = scene.words.sentence_tokens(piece.tokens.start).start;
    let end = scene.words.sentence_tokens((piece.tokens.end).min(scene.words.len()) - 1).end;
    (behind..scene.mentions.len())
        .take(4)
        .take_while(move |&at| scene.mentions[at].tokens.start < end)
        .chain((0..first).rev().take(4).take_while(move |&at| scene.mentions[at].tokens.start >= begin))
}
