//! Who says it outside English, where the verb stands between quote and name, and marks enclose more than what is said.

use std::ops::Range;

use super::{MAX_OF_OFFICE, MAX_REACH};
use crate::{
    quote::{
        attribution::{Candidate, Scene},
        caseless,
        content::Piece,
        mention::{self, Kind},
    },
    text::{Class, Language, token::Shape},
};

/// What the model has learned to see as English: the verb between quote and name, whatever auxiliary and
/// article stand by it, and what names a source at the head of the sentence.
pub(super) fn source(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    if words.document.language == Language::English {
        return None;
    }
    let bounds = words.sentence_tokens(piece.inner.end - 1);
    let first = bounds.start;
    if words.on(first, Class::CUE)
        && (first + 1..first + MAX_REACH).contains(&piece.tokens.start)
        && let Some(at) =
            (first + 1..bounds.end.min(first + 4)).find_map(|at| mention::beginning_at(&scene.mentions, at))
        && (scene.mentions[at].tokens.end..piece.tokens.start).all(|at| !words.on(at, Class::CUE))
    {
        return Some(Candidate::Source { mention: at, cue: Some(first..first + 1) });
    }
    if let Some(source) = set_in(scene, piece).or_else(|| introduced(scene, piece)) {
        return Some(source);
    }
    let mut at = piece.tokens.end;
    let end = words.sentence_tokens(at.min(words.len() - 1)).end.min(at + 8);
    at += usize::from(at < end && words.text(at) == ",");
    let cue = (at..end).find(|&at| !words.on(at, Class::AUXILIARY)).filter(|&at| words.on(at, Class::CUE))?;
    let joins = |at: usize| !words.is(at, Shape::WORD) && words.text(at) != "-" || words.on(at, Class::CUE);
    let at = (cue + 1..end)
        .take_while(|&at| !joins(at))
        .take(4)
        .find_map(|at| mention::beginning_at(&scene.mentions, at))?;
    Some(Candidate::Source { mention: at, cue: Some(cue..cue + 1) })
}

/// "« La digue, explique Inès Caron, tiendra. »": a cue and its source between commas inside the marks.
fn set_in(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    piece.inner.clone().take(MAX_REACH).filter(|&at| words.text(at) == ",").find_map(|comma| {
        let end = piece.inner.end.min(comma + MAX_OF_OFFICE);
        let cue =
            (comma + 1..end).find(|&at| !words.on(at, Class::AUXILIARY)).filter(|&at| words.on(at, Class::CUE))?;
        let at = mention::beginning_at(&scene.mentions, cue + 1)?;
        let mention = &scene.mentions[at];
        let closes = mention.tokens.end < piece.inner.end && matches!(words.text(mention.tokens.end), "," | ".");
        (matches!(mention.kind, Kind::Name | Kind::Nominal) && closes)
            .then_some(Candidate::Source { mention: at, cue: Some(cue..cue + 1) })
    })
}

/// "Jean Petit lui a répondu sur X : « …»": who stands before the cue of a sentence that ends in a colon.
fn introduced(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let colon = piece.tokens.start.checked_sub(1).filter(|&at| words.text(at) == ":")?;
    let clause = words.sentence_tokens(colon).start..colon;
    let cue = clause.clone().rev().find(|&at| words.on(at, Class::CUE) && !scene.is_marked(at))?;
    let before = (0..=mention::last_before(&scene.mentions, cue)?).rev();
    let mut before = before.take_while(|&at| scene.mentions[at].tokens.start >= clause.start);
    let mention = before.find(|&at| {
        let tokens = &scene.mentions[at].tokens;
        let is_aside = tokens.start > clause.start && words.text(tokens.start - 1) == "(";
        tokens.end <= cue && !is_aside && !scene.is_marked(tokens.start)
    })?;
    Some(Candidate::Source { mention, cue: Some(cue..cue + 1) })
}

/// How many tokens may stand between the words that name a source and what is reported in marks.
const MAX_BETWEEN: usize = 257;

/// "Laut Keller war die Sitzung „…“": where what is reported begins, when words at the head of the sentence name its
/// source and others stand between these and the piece.
pub(in crate::quote) fn begins_behind_head(scene: &Scene, link: &Range<usize>, piece: &Piece) -> Option<usize> {
    let words = scene.words;
    let language = words.document.language;
    let is_read_otherwise = language == Language::English || caseless::is_caseless(language);
    if is_read_otherwise || link.start != words.sentence_tokens(piece.tokens.start).start {
        return None;
    }
    // "Selon le ministre, Jean Petit, la digue est « … »"
    let name = mention::beginning_at(&scene.mentions, link.end + 1).filter(|_| words.text(link.end) == ",");
    let end = name.map_or(link.end, |name| scene.mentions[name].tokens.end);
    if piece.tokens.start > end + MAX_BETWEEN {
        return None;
    }
    let begin = (end..piece.tokens.start).find(|&at| words.is(at, Shape::WORD))?;
    (begin..piece.tokens.start).all(|at| words.text(at) != ":").then_some(begin)
}
