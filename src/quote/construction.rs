//! Constructions that settle who spoke, or that somebody did, whatever else stands around a quote.

pub(super) mod foreign;

use std::ops::Range;

use super::{
    attribution::{Candidate, Choice, Scene, feature},
    caseless,
    content::Piece,
    mention::{self, Kind, Mention},
    transcript,
    words::Words,
};
use crate::{
    document::Role,
    text::{Class, Language, token::Shape},
};

/// The most tokens of a line that signs a quote: name, office, place and date.
const MAX_SIGNATURE: usize = 16;
/// The most tokens between a passive cue and its "by".
const MAX_PASSIVE: usize = 4;
/// The fewest characters of a sentence in a script without capitals.
const MIN_CASELESS: usize = 6;
/// How far from a quote its source may stand, in tokens.
const MAX_REACH: usize = 32;
/// The most words of what may be a title.
const MAX_TITLE_WORDS: usize = 7;
/// The most tokens that say what an office is of, behind it.
const MAX_OF_OFFICE: usize = 6;
/// How many turns back a dialogue may have been opened by a question.
const MAX_TURNS: usize = 6;
/// The most tokens of a turn of a dialogue that no question opens: somebody who is quoted at length goes on in the next paragraph.
const MAX_BRIEF: usize = 7;
/// The most tokens that stand beside a quote in its paragraph when the paragraph is a turn of a dialogue.
const MAX_TURN: usize = 12;

/// Kinds of works, which stand before what they are called.
const WORKS: [&str; 18] = [
    "album",
    "ballad",
    "book",
    "documentary",
    "essay",
    "film",
    "hit",
    "memoir",
    "movie",
    "novel",
    "opera",
    "painting",
    "play",
    "poem",
    "series",
    "single",
    "song",
    "track",
];

/// Whether a piece is speech by the way it is written: a sentence, or the beginning of one that a comma closes.
pub(super) fn is_utterance(words: &Words, piece: &Piece) -> bool {
    let word_tokens = || piece.inner.clone().filter(|&at| words.is(at, Shape::WORD));
    let Some(first) = word_tokens().next() else { return false };
    let count = word_tokens().count();
    let opening = words.text(first).chars().next().unwrap_or_default();
    let opens_low = opening.is_lowercase();
    let is_caseless = !opens_low && !opening.is_uppercase() && opening.is_alphabetic();
    if is_caseless {
        return piece.tokens.start == words.sentence_tokens(piece.tokens.start).start
            && piece.span.of(&words.document.text).chars().count() >= MIN_CASELESS;
    }
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
    if let Some(label) = label(scene, of) {
        return Some(label);
    }
    if !of.is_marked {
        return None;
    }
    caseless::source(scene, of)
        .or_else(|| signature(scene, of))
        .or_else(|| quoted_as_saying(scene, of))
        .or_else(|| ascribed(scene, of))
        .or_else(|| put_it(scene, of))
        .or_else(|| claim(scene, of))
        .or_else(|| is_how(scene, of))
        .or_else(|| passive(scene, of))
        .or_else(|| office_and_name(scene, of))
        .or_else(|| foreign::source(scene, of))
        .or_else(|| turn(scene, piece, choices))
}

/// "SMITH: Did you give the order?", a turn of a transcript; inside marks its label stands inside them too.
fn label(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let label = if piece.is_marked {
        transcript::label(words, piece.inner.clone())?
    } else {
        let colon = piece.tokens.start.checked_sub(1).filter(|&at| words.text(at) == ":")?;
        words.paragraph_tokens(piece.paragraph).start..colon
    };
    let at = scene.mentions.partition_point(|mention| mention.tokens.end < label.end);
    let mention = scene.mentions.get(at).filter(|mention| mention.tokens.end == label.end)?;
    let is_whole =
        if piece.is_marked { mention.tokens.start >= label.start } else { mention.tokens.start == label.start };
    is_whole.then_some(Candidate::Source { mention: at, cue: None })
}

/// `“…” — Name`, in the same line or the next one.
fn signature(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let behind = piece.tokens.end;
    let begin = (behind..words.len().min(behind + 3)).find(|&at| !is_dash(words.text(at)))?;
    if begin == behind {
        return None;
    }
    let at = mention::beginning_at(&scene.mentions, begin)?;
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

/// "The agency quotes Gil as saying", "Gil was quoted by the agency as saying": it is Gil who says it.
fn quoted_as_saying(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let cites = |at: usize| matches!(words.text(at), "quotes" | "quoted" | "quoting" | "cites" | "cited" | "citing");
    mentions_beside(scene, piece).find_map(|at| {
        let mention = &scene.mentions[at];
        let behind = mention.tokens.end;
        let before = mention.tokens.start.checked_sub(1)?;
        let before = before - usize::from(before > 0 && words.on(before, Class::DETERMINER));
        let says = behind + 1 < words.len()
            && words.text(behind) == "as"
            && matches!(words.text(behind + 1), "saying" | "telling" | "writing");
        let source = if cites(before) {
            Some(at)
        } else if words.text(before) == "by" {
            let verb = before.checked_sub(1).filter(|&verb| cites(verb))?;
            let last = at.checked_sub(1)?;
            let auxiliaries = scene.mentions[last].tokens.end..verb;
            let is_passive =
                !auxiliaries.is_empty() && auxiliaries.into_iter().all(|at| words.on(at, Class::AUXILIARY));
            is_passive.then_some(last)
        } else {
            None
        };
        source.filter(|_| says).map(|mention| Candidate::Source { mention, cue: Some(behind + 1..behind + 2) })
    })
}

/// "According to Gil, it was “…”", "in the words of Gil", "“…”, per Gil".
fn ascribed(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let begin = words.sentence_tokens(piece.tokens.start).start;
    let end = words.sentence_tokens(piece.inner.end - 1).end;
    let is = |at: usize, text: &str| at < end && words.text(at).eq_ignore_ascii_case(text);
    let source_at = |at: usize| -> Option<Candidate> {
        let (cue, source) = if is(at, "per") {
            (at..at + 1, at + 1)
        } else if is(at, "according") && is(at + 1, "to") {
            (at..at + 2, at + 2)
        } else if is(at, "in") && is(at + 1, "the") && is(at + 2, "words") && is(at + 3, "of") {
            (at + 2..at + 3, at + 4)
        } else {
            return None;
        };
        let mention = mention::beginning_at(&scene.mentions, source)?;
        // "per person" tells how much.
        let names = scene.mentions[mention].kind == Kind::Name || words.on(source, Class::DETERMINER);
        names.then_some(Candidate::Source { mention, cue: Some(cue) })
    };
    let behind = piece.tokens.end + usize::from(is(piece.tokens.end, ","));
    source_at(behind).or_else(|| {
        let reports = |at: usize| words.on(at, Class::REPORTS) && !scene.is_marked(at);
        let at = (begin..piece.tokens.start).rev().take(MAX_REACH).take_while(|&at| !reports(at)).find(|&at| {
            !scene.is_marked(at) && (at == begin || words.byte(at - 1) == b',') && source_at(at).is_some()
        })?;
        source_at(at)
    })
}

/// "As Gil put it in a letter, the plan is “…”", "“…”, as Gil put it".
fn put_it(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let before = words.sentence_tokens(piece.tokens.start).start..piece.tokens.start;
    let behind = piece.tokens.end..words.sentence_tokens(piece.inner.end - 1).end.min(piece.tokens.end + MAX_REACH);
    let puts =
        |at: &usize| matches!(words.text(*at), "put" | "puts") && words.text(at + 1) == "it" && !scene.is_marked(*at);
    let reports = |at: usize| words.on(at, Class::REPORTS) && !scene.is_marked(at);
    let in_front =
        before.clone().rev().take(MAX_REACH).skip(1).find(puts).filter(|&at| !(at + 2..before.end).any(reports));
    let at = in_front.or_else(|| {
        let at = behind.clone().take(behind.len().saturating_sub(1)).find(puts)?;
        (words.text(behind.start) == "as" && !(behind.start..at).any(reports)).then_some(at)
    })?;
    let mention = mention::last_before(&scene.mentions, at).filter(|&last| scene.mentions[last].tokens.end == at)?;
    Some(Candidate::Source { mention, cue: Some(at..at + 2) })
}

/// "“…” is how Gil described it."
pub(super) fn is_how(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let behind = piece.tokens.end;
    let is_how =
        behind + 2 < words.len() && matches!(words.text(behind), "is" | "was") && words.text(behind + 1) == "how";
    let at = mention::beginning_at(&scene.mentions, is_how.then_some(behind + 2)?)?;
    let cue = scene.mentions[at].tokens.end;
    (cue < words.len() && words.on(cue, Class::CUE)).then(|| Candidate::Source { mention: at, cue: Some(cue..cue + 1) })
}

/// "described by Gil as “…”", "called “…” by Gil"
fn passive(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let behind = piece.tokens.end;
    if behind + 1 < words.len()
        && words.text(behind) == "by"
        && let Some(cue) = piece.tokens.start.checked_sub(1).filter(|&cue| words.on(cue, Class::CUE))
        && let Some(at) = mention::beginning_at(&scene.mentions, behind + 1)
    {
        return Some(Candidate::Source { mention: at, cue: Some(cue..cue + 1) });
    }
    let link = piece.tokens.start.checked_sub(1).filter(|&at| words.text(at) == "as")?;
    let at = mention::last_before(&scene.mentions, link)?;
    let source = &scene.mentions[at].tokens;
    let by = source.start.checked_sub(1).filter(|&by| source.end == link && words.text(by) == "by")?;
    let cue = by.checked_sub(1).filter(|&cue| words.on(cue, Class::CUE))?;
    Some(Candidate::Source { mention: at, cue: Some(cue..cue + 1) })
}

/// "her rival, Petr Dvořák, said, “…”"
fn office_and_name(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let comma = piece.tokens.start.checked_sub(1).filter(|&at| matches!(words.text(at), "," | ":"))?;
    let cue = comma.checked_sub(1).filter(|&at| words.on(at, Class::CUE))?;
    let close = cue.checked_sub(1).filter(|&at| words.text(at) == ",")?;
    let at = mention::last_before(&scene.mentions, close)?;
    let office = at.checked_sub(1)?;
    (scene.mentions[at].tokens.end == close && named_behind(scene, office) == Some(at))
        .then_some(Candidate::Source { mention: at, cue: Some(cue..cue + 1) })
}

/// "Gil's claim that it is “…”".
fn claim(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    let bounds = words.sentence_tokens(piece.inner.start);
    let before = (bounds.start..piece.tokens.start).rev().take(MAX_REACH);
    let that = before.into_iter().find(|&at| words.text(at) == "that")?;
    let noun = that.checked_sub(1).filter(|&noun| noun > bounds.start && words.on(noun, Class::CUE))?;
    let possessive = (bounds.start..noun).rev().take(3).find(|&at| words.is_possessive(at))?;
    let at = mention::last_before(&scene.mentions, possessive)?;
    if scene.mentions[at].tokens.end != possessive {
        return None;
    }
    let is_nearest =
        (that + 1..piece.tokens.start).all(|at| !words.on(at, Class::CUE) && scene.symbols[at] != feature::PIECE);
    is_nearest.then_some(Candidate::Source { mention: at, cue: Some(noun..noun + 1) })
}

/// Whether marks enclose what a name means: "Llanfair, or “church of Mary,”".
pub(super) fn is_gloss(words: &Words, piece: &Piece) -> bool {
    let Some(name) = piece.tokens.start.checked_sub(3) else { return false };
    words.text(name + 2) == "or"
        && words.text(name + 1) == ","
        && words.is(name, Shape::CAPITALISED)
        && piece.inner.clone().filter(|&at| words.is(at, Shape::WORD)).count() <= MAX_TITLE_WORDS
}

/// Whether marks enclose what a work is called: "her second novel, “The Salt Road,”", "sang “The Winter Road”".
pub(super) fn is_work(words: &Words, piece: &Piece) -> bool {
    let Some(first) = piece.inner.clone().find(|&at| words.is(at, Shape::WORD)) else { return false };
    let Some(before) = piece.tokens.start.checked_sub(1) else { return false };
    let count = piece.inner.clone().filter(|&at| words.is(at, Shape::WORD)).count();
    if !(2..=MAX_TITLE_WORDS).contains(&count)
        || !words.is(first, Shape::CAPITALISED)
        || !is_titled(words, piece)
        || matches!(words.text(piece.inner.end - 1), "." | "!" | "?")
        || words.sentence(first).role == Role::Title
    {
        return false;
    }
    let noun = if words.text(before) == "," { before.saturating_sub(1) } else { before };
    let is_kind = WORKS.contains(&words.text(noun));
    let performs =
        matches!(words.text(before), "sang" | "sings" | "sing" | "recited" | "performed" | "teaches" | "taught");
    is_kind || performs && matches!(words.text(first), "The" | "A" | "An")
}

/// The cue of the same mention that stands right at the piece, if another one was chosen: "shrugged, sat down and said: “…”".
pub(super) fn nearest_cue(
    scene: &Scene,
    piece: &Piece,
    candidates: &[Candidate],
    chosen: &Candidate,
) -> Option<Candidate> {
    let Candidate::Source { mention, cue: Some(chosen) } = chosen else { return None };
    let words = scene.words;
    let touches = |cue: &Range<usize>| cue.end + 1 == piece.tokens.start && matches!(words.text(cue.end), "," | ":");
    if !piece.is_marked || chosen.end > piece.tokens.start || touches(chosen) {
        return None;
    }
    let near = candidates.iter().find(|candidate| {
        matches!(candidate, Candidate::Source { mention: other, cue: Some(cue) } if other == mention && touches(cue))
    });
    near.cloned()
}

/// A turn of a dialogue that names nobody, behind two turns of two speakers: the first speaks again.
fn turn(scene: &Scene, piece: usize, choices: &[Choice]) -> Option<Candidate> {
    let [before, last] = [piece.checked_sub(2)?, piece - 1];
    let paragraph = scene.pieces[piece].paragraph;
    let is_turn = |at: usize, back: usize, beside: usize| {
        let piece = &scene.pieces[at];
        let bounds = scene.words.paragraph_tokens(piece.paragraph);
        piece.paragraph + back == paragraph
            && piece.is_closed
            && bounds.start == piece.tokens.start
            && bounds.end - piece.tokens.end <= beside
    };
    let asks = scene.pieces[piece.saturating_sub(MAX_TURNS)..=piece]
        .iter()
        .any(|piece| scene.words.text(piece.inner.end - 1) == "?");
    let is_brief = scene.pieces[before..=piece].iter().all(|piece| piece.inner.len() <= MAX_BRIEF);
    let (Candidate::Source { mention, .. }, Candidate::Source { mention: other, .. }) =
        (&choices[before].candidate, &choices[last].candidate)
    else {
        return None;
    };
    let is_dialogue =
        (asks || is_brief) && is_turn(piece, 0, 0) && is_turn(last, 1, MAX_TURN) && is_turn(before, 2, MAX_TURN);
    (is_dialogue && mention != other).then_some(Candidate::Source { mention: *mention, cue: None })
}

/// The cue of a source behind "by" ("described by Gil as “…”") or before "put it".
pub(super) fn cue(scene: &Scene, mention: &Mention) -> Option<Range<usize>> {
    let words = scene.words;
    let behind = mention.tokens.end;
    if behind + 1 < words.len() && matches!(words.text(behind), "put" | "puts") && words.text(behind + 1) == "it" {
        return Some(behind..behind + 2);
    }
    let by = mention.tokens.start.checked_sub(1).filter(|&by| words.text(by) == "by")?;
    let start = words.sentence_tokens(by).start;
    let outside = (start..by).rev().take(MAX_REACH).filter(|&at| scene.symbols[at] != feature::PIECE);
    outside.take(MAX_PASSIVE).find(|&at| words.on(at, Class::CUE)).map(|at| at..at + 1)
}

/// "Borg defended the plan, saying it was “…”": the participle that leads to a stretch says more of it than the verb before does.
pub(super) fn participle(scene: &Scene, piece: &Piece, cue: &Range<usize>) -> Option<Range<usize>> {
    let words = scene.words;
    let start = words.sentence_tokens(piece.tokens.start).start.max(cue.end);
    let at = (start..piece.tokens.start).rev().take(MAX_REACH).find(|&at| words.on(at, Class::CUE))?;
    let leads = at > start && matches!(words.text(at - 1), "," | "by" | "—" | "–" | "--" | "while" | "and");
    (leads && words.text(at).ends_with("ing") && scene.symbols[at] != feature::PIECE).then(|| at..at + 1)
}

/// "Russian personnel": a name that only tells of what kind the noun behind it is.
pub(super) fn modifies(scene: &Scene, mention: &Mention) -> bool {
    let words = scene.words;
    let behind = mention.tokens.end;
    let no_noun = Class::STOP.or(Class::PREPOSITION).or(Class::AUXILIARY).or(Class::CUE).or(Class::DETERMINER);
    mention.kind == Kind::Name
        && mention.tokens.len() == 1
        && words.document.language == Language::English
        && behind < words.sentence_tokens(mention.tokens.start).end
        && words.is(behind, Shape::WORD)
        && words.text(behind).starts_with(char::is_lowercase)
        && !words.on(behind, no_noun)
        && !words.text(behind).ends_with("ed")
}

/// "the mother of a boy missing since May said": it is the mother who says it.
pub(super) fn head_of(scene: &Scene, mention: usize) -> Option<usize> {
    let words = scene.words;
    let of = scene.mentions[mention].tokens.start.checked_sub(1).filter(|&at| words.text(at) == "of")?;
    let before = mention.checked_sub(1)?;
    let head = &scene.mentions[before];
    let is_person = words.on(head.core.end - 1, Class::ROLE) && !words.on(head.core.end - 1, Class::BODY);
    (head.kind == Kind::Nominal && head.tokens.end == of && is_person).then_some(before)
}

/// "the head of the service, Ilkka Salo,": the name behind an office names the same.
pub(super) fn named_behind(scene: &Scene, mention: usize) -> Option<usize> {
    let words = scene.words;
    let office = &scene.mentions[mention];
    let end = office.tokens.end;
    if office.kind != Kind::Nominal || end >= words.len() {
        return None;
    }
    // "el ministro de Agricultura, Raúl Ibáñez"
    let comma = (end..words.len()).take(MAX_OF_OFFICE).find(|&at| words.text(at) == ",")?;
    if comma > end && !words.on(end, Class::PREPOSITION) || comma + 1 >= words.len() {
        return None;
    }
    let at = mention::beginning_at(&scene.mentions, comma + 1)?;
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
        let other = mention::beginning_at(&scene.mentions, and + 1).filter(|&at| names(at))?;
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
