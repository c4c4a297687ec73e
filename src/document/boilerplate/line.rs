//! A line as the furniture rules see it: its words as hashes with their classes, and how it begins and ends.

use std::ops::Range;

use super::phrase::{self, Lists, WordClass};
use crate::{
    cancel::{Cancel, Cancelled},
    text::{
        Span,
        script::{ascii, is_written_mark},
        vocabulary::key::{Key, Letters},
    },
};

/// From this length on only a line's two ends are read.
const LONG_BYTES: usize = 320;
/// How much of either end of a long line is read.
const END_BYTES: usize = 100;

/// A word or a piece of punctuation of a line.
#[derive(Clone, Copy, Debug)]
pub(in crate::document) struct Piece {
    /// Its case-folded letters, hashed; all numbers share one.
    pub(in crate::document) hash: u64,
    /// The lists it is on; of punctuation and ideographs only those of phrases are known.
    pub(in crate::document) class: WordClass,
    /// How it is written.
    pub(in crate::document) case: Case,
}

/// How a piece is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::document) enum Case {
    /// Punctuation.
    Mark,
    /// Digits.
    Number,
    /// No capital at its head.
    Lower,
    /// A capital at its head.
    Capitalised,
    /// Capitals all through, two or more.
    Capitals,
    /// A character of a script that parts no words and knows no capitals.
    Ideograph,
}

/// What a line ends with, closing quotation marks and brackets aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::document) enum Ending {
    /// A full stop, an exclamation or a question mark.
    Stop,
    /// An ellipsis.
    Ellipsis,
    /// A colon.
    Colon,
    /// Anything else.
    Open,
}

/// A line, scanned.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "properties that are independent of each other")]
pub(in crate::document) struct Line {
    /// Where it stands.
    pub(in crate::document) span: Span,
    /// Its pieces, or those of a long line's head: a range of the scan's.
    pub(in crate::document) head: (u32, u32),
    /// A long line's last pieces; the same as `head` for any other.
    pub(in crate::document) tail: (u32, u32),
    /// How many words it holds; estimated for a long line.
    pub(in crate::document) words: u32,
    /// Of the words read, how many are too common to tell of anything.
    pub(in crate::document) stop_words: u32,
    /// Of the words read, how many begin with a capital.
    pub(in crate::document) capitalised: u32,
    /// Of the words read, how many are all capitals.
    pub(in crate::document) capitals: u32,
    /// Of the words read, how many are numbers.
    pub(in crate::document) numbers: u32,
    /// How many sentences seem to end inside it.
    pub(in crate::document) inner_stops: u32,
    /// The classes of all words read.
    pub(in crate::document) classes: WordClass,
    /// What it ends with.
    pub(in crate::document) ending: Ending,
    /// Its words, hashed: equal for lines that say the same.
    pub(in crate::document) hash: u64,
    /// It is too long to be read whole.
    pub(in crate::document) long: bool,
    /// The text is of a language whose common words are on no list.
    pub(in crate::document) unlisted: bool,
    /// Its very last character is a full stop.
    pub(in crate::document) full_stop: bool,
    /// Its very last character is a comma, a semicolon or a dash.
    pub(in crate::document) comma: bool,
}

impl Line {
    /// Whether it has the shape of prose: words enough, and an end.
    pub(in crate::document) fn is_prose(&self) -> bool {
        self.long
            || (self.words >= 8 && self.ending == Ending::Stop && (self.unlisted || self.stop_words * 8 >= self.words))
    }

    /// Whether it has the shape of a headline or of a teaser: some words, and no end.
    pub(in crate::document) fn is_headline_like(&self) -> bool {
        !self.long && self.words <= 22 && self.ending != Ending::Stop
    }
}

/// The lines of a text, scanned.
#[derive(Debug)]
pub(in crate::document) struct Scan {
    pub(in crate::document) pieces: Vec<Piece>,
    pub(in crate::document) lines: Vec<Line>,
}

impl Scan {
    /// The pieces of a line's head: all of them, unless it is long.
    pub(in crate::document) fn head(&self, line: &Line) -> &[Piece] {
        &self.pieces[line.head.0 as usize..line.head.1 as usize]
    }

    /// The pieces of a line's end: all of them, unless it is long.
    pub(in crate::document) fn tail(&self, line: &Line) -> &[Piece] {
        &self.pieces[line.tail.0 as usize..line.tail.1 as usize]
    }

    /// Scans a text of its own as one line.
    pub(in crate::document) fn of_line(text: &str) -> Self {
        let mut scan = Self::with_room_for(&[Span::new(0, text.len())]);
        scan.push(text, Span::new(0, text.len()).trim(text));
        scan.note_unlisted();
        scan
    }

    /// Scans lines: linear in their bytes, and for long ones in their number.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub(in crate::document) fn new(text: &str, spans: &[Span], cancel: Cancel<'_>) -> Result<Self, Cancelled> {
        let mut scan = Self::with_room_for(spans);
        for &span in spans {
            cancel.check()?;
            scan.push(text, span);
        }
        scan.note_unlisted();
        Ok(scan)
    }

    fn with_room_for(lines: &[Span]) -> Self {
        Self { pieces: Vec::with_capacity(usual_piece_count(lines)), lines: Vec::with_capacity(lines.len()) }
    }

    fn push(&mut self, text: &str, span: Span) {
        let line = self.line(text, span);
        self.lines.push(line);
    }

    /// Where of the words of the longer lines hardly any is on a list, that is for want of a list.
    fn note_unlisted(&mut self) {
        let longer = || self.lines.iter().filter(|line| line.words >= 8);
        let words: u64 = longer().map(|line| u64::from(line.words.min(64))).sum();
        let stop_words: u64 = longer().map(|line| u64::from(line.stop_words)).sum();
        if stop_words * 16 < words {
            self.lines.iter_mut().for_each(|line| line.unlisted = true);
        }
    }

    fn line(&mut self, text: &str, span: Span) -> Line {
        let content = span.of(text);
        let long = content.len() > LONG_BYTES;
        let mut line = Line {
            span,
            head: (0, 0),
            tail: (0, 0),
            words: 0,
            stop_words: 0,
            capitalised: 0,
            capitals: 0,
            numbers: 0,
            inner_stops: 0,
            classes: WordClass::NONE,
            ending: ending(content),
            hash: HASH_SEED,
            long,
            unlisted: false,
            full_stop: content.trim_end_matches(['"', '”', '’', '\'', ')']).ends_with('.'),
            comma: content.ends_with([',', ';', '-', '–', '—']),
        };
        let begin = self.pieces.len();
        if long {
            let (begin_bytes, end_bytes) = (span.begin as usize, span.end as usize);
            self.read(text, begin_bytes..begin_bytes + content.floor_char_boundary(END_BYTES), &mut line);
            line.head = (count(begin), count(self.pieces.len()));
            let begin = self.pieces.len();
            let tail = content.ceil_char_boundary(content.len() - END_BYTES);
            self.read(text, begin_bytes + tail..end_bytes, &mut line);
            line.tail = (count(begin), count(self.pieces.len()));
            line.words = line.words.max(count(content.len() / 6));
            line.hash ^= content.len() as u64;
        } else {
            self.read(text, span.range(), &mut line);
            line.head = (count(begin), count(self.pieces.len()));
            line.tail = line.head;
        }
        line
    }

    /// Reads the words of a stretch of `text` into the scan, and counts them in `line`.
    fn read(&mut self, text: &str, stretch: Range<usize>, line: &mut Line) {
        let offset = stretch.start;
        let content = &text[stretch];
        let bytes = content.as_bytes();
        let lists = phrase::lists();
        let mut counted = Counted { hash: line.hash, ..Counted::default() };
        let mut at = 0;
        loop {
            // Words and the spaces between them: where the next one begins depends on nothing but where this one ends.
            while let Some((piece, end)) = letters(text, offset + at, bytes, at, lists) {
                at = end;
                counted.add(&piece);
                self.pieces.push(piece);
                if bytes[at] != b' ' {
                    break;
                }
                at += 1;
            }
            let Some(&first) = bytes.get(at) else { break };
            let kind = ascii::KIND[first as usize];
            if kind & ascii::SPACE != 0 {
                at += 1;
                continue;
            }
            if kind & ascii::WORD == 0 {
                let (c, width) = char_at(content, at);
                if !is_word_char(c) {
                    at += width;
                    self.punctuation(c, line, content, at);
                    continue;
                }
                if is_ideograph(c) {
                    at += width;
                    let piece = mark(c, Case::Ideograph);
                    counted.add(&piece);
                    self.pieces.push(piece);
                    continue;
                }
            }
            let (piece, end) = word(content, at, lists);
            at = end + usize::from(bytes.get(end) == Some(&b' '));
            counted.add(&piece);
            self.pieces.push(piece);
        }
        line.words += counted.words;
        line.stop_words += counted.stop_words;
        line.capitalised += counted.capitalised;
        line.capitals += counted.capitals;
        line.numbers += counted.numbers;
        line.classes |= counted.classes;
        line.hash = counted.hash;
    }

    fn punctuation(&mut self, c: char, line: &mut Line, content: &str, next: usize) {
        match c {
            '.' | '!' | '?' | '。' | '！' | '？' => {
                let inner = !c.is_ascii() || content.as_bytes().get(next) == Some(&b' ');
                line.inner_stops += u32::from(inner && next < content.len());
            }
            ',' | ';' | '"' | '“' | '”' | '\'' | '’' | '‘' | '„' | '«' | '\u{200b}' | '\u{feff}' | '、' | '，' =>
                {}
            _ if c.is_whitespace() => {}
            _ => {
                let piece = mark(if matches!(c, '–' | '—') { '-' } else { c }, Case::Mark);
                line.classes |= piece.class;
                self.pieces.push(piece);
            }
        }
    }
}

/// What is counted of the words of a line: the fields of [`Line`] of the same names.
#[derive(Clone, Copy, Default)]
struct Counted {
    words: u32,
    stop_words: u32,
    capitalised: u32,
    capitals: u32,
    numbers: u32,
    classes: WordClass,
    hash: u64,
}

impl Counted {
    #[inline]
    fn add(&mut self, piece: &Piece) {
        self.words += 1;
        self.stop_words += u32::from(piece.class.any(WordClass::STOP));
        self.capitalised += u32::from(piece.case == Case::Capitalised);
        self.capitals += u32::from(piece.case == Case::Capitals);
        self.numbers += u32::from(piece.case == Case::Number);
        self.classes |= piece.class;
        self.hash = mix(self.hash, piece.hash);
    }
}

/// A piece of punctuation, or an ideograph.
fn mark(c: char, case: Case) -> Piece {
    Piece { hash: u64::from(c), class: phrase::lists().class_of_mark(u64::from(c)), case }
}

/// About how many pieces the lines have, or a few more: growing later would take twice the room.
fn usual_piece_count(spans: &[Span]) -> usize {
    let read = |bytes: usize| if bytes > LONG_BYTES { 2 * END_BYTES } else { bytes };
    let bytes: usize = spans.iter().map(|span| read(span.len_bytes())).sum();
    bytes / 5
}

/// The hash all numbers share.
pub(in crate::document) const NUMBER: u64 = 0x9e37_79b9_7f4a_7c15;
const HASH_SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn mix(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0100_0000_01b3).rotate_left(23)
}

/// The pieces of a phrase of the lists, as a line's are read.
pub(in crate::document) fn hash_of(piece: &str) -> u64 {
    let first = piece.chars().next().unwrap_or_default();
    if !is_word_char(first) || is_ideograph(first) {
        return u64::from(if matches!(first, '–' | '—') { '-' } else { first });
    }
    hash_word(piece).0
}

/// The word at `begin` of a line's `bytes`, which stands at `place` of `text`, and where it ends, before the line does: where
/// it is ASCII letters alone.
#[inline]
fn letters(text: &str, place: usize, bytes: &[u8], begin: usize, lists: &Lists) -> Option<(Piece, usize)> {
    let letters = Letters::at(text.as_bytes(), place)?;
    let end = begin + letters.len();
    let kind = ascii::KIND[*bytes.get(end)? as usize];
    let ends = kind & (ascii::WORD | ascii::BEYOND | ascii::INNER) == 0
        || bytes[end] == b'.' && !bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
    if !ends || letters.len() == 0 {
        return None;
    }
    let case = match letters.opens_high() {
        true if letters.are_all_capitals() => Case::Capitals,
        true => Case::Capitalised,
        false => Case::Lower,
    };
    let hash = letters.key.hash();
    Some((Piece { hash, class: lists.class_of(hash), case }, end))
}

/// The word at `begin`, and where it ends.
fn word(content: &str, begin: usize, lists: &Lists) -> (Piece, usize) {
    let bytes = content.as_bytes();
    let mut end = begin;
    let mut kinds = 0;
    // Most words are ASCII letters up to a space.
    while let Some(&byte) = bytes.get(end)
        && ascii::KIND[byte as usize] & ascii::WORD != 0
    {
        kinds |= ascii::KIND[byte as usize];
        end += 1;
    }
    let may_go_on = bytes.get(end).is_some_and(|&byte| !byte.is_ascii() || matches!(byte, b'\'' | b'.'));
    if may_go_on || kinds & ascii::JOINER != 0 {
        let ascii_end = end;
        end = word_end(content, end);
        if end > ascii_end || kinds & ascii::JOINER != 0 {
            let (hash, case) = hash_word(&content[begin..end]);
            return (Piece { hash, class: lists.class_of(hash), case }, end);
        }
    }
    let key = Key::of_short_ascii(bytes, begin, end - begin);
    let (hash, case) = match key {
        Some(_) if kinds & !ascii::DIGIT == 0 => (NUMBER, Case::Number),
        Some(key) => (key.hash(), case_of_ascii(&bytes[begin..end], kinds)),
        None => hash_word(&content[begin..end]),
    };
    (Piece { hash, class: lists.class_of(hash), case }, end)
}

/// How an ASCII word is written that holds letters.
fn case_of_ascii(word: &[u8], kinds: u8) -> Case {
    if kinds & ascii::UPPER == 0 {
        return Case::Lower;
    }
    let is_all_capitals = || word.iter().filter(|byte| byte.is_ascii_uppercase()).nth(1).is_some();
    match word.first() {
        _ if kinds & ascii::LOWER == 0 && is_all_capitals() => Case::Capitals,
        Some(first) if first.is_ascii_uppercase() => Case::Capitalised,
        _ => Case::Lower,
    }
}

/// Where the word ends that has gone on to `end`.
fn word_end(content: &str, mut end: usize) -> usize {
    while end < content.len() {
        let (c, width) = char_at(content, end);
        let inside =
            is_word_char(c) && !is_ideograph(c) || matches!(c, '\'' | '’' | '.') && joins(content, end + width, c);
        if !inside {
            break;
        }
        end += width;
    }
    end
}

/// Whether a full stop or an apostrophe before `at` stands between two letters of one word.
fn joins(content: &str, at: usize, mark: char) -> bool {
    if at >= content.len() {
        return false;
    }
    let (c, _) = char_at(content, at);
    if mark == '.' { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() }
}

/// A word's case-folded letters, hashed, and how it is written.
fn hash_word(word: &str) -> (u64, Case) {
    let mut folded = String::with_capacity(word.len());
    let (mut upper, mut lower) = (0u32, 0u32);
    for c in word.chars() {
        if c.is_ascii() {
            upper += u32::from(c.is_ascii_uppercase());
            lower += u32::from(c.is_ascii_lowercase());
            if c.is_ascii_alphanumeric() || c == '\'' {
                folded.push(c.to_ascii_lowercase());
            }
        } else if c == '’' {
            folded.push('\'');
        } else {
            upper += u32::from(c.is_uppercase());
            lower += u32::from(!c.is_uppercase());
            folded.extend(c.to_lowercase());
        }
    }
    let case = match (upper, lower) {
        (0, 0) => return (NUMBER, Case::Number),
        (2.., 0) => Case::Capitals,
        _ if word.starts_with(char::is_uppercase) => Case::Capitalised,
        _ => Case::Lower,
    };
    (Key::of(folded.as_bytes()).hash(), case)
}

#[inline]
fn char_at(content: &str, at: usize) -> (char, usize) {
    let byte = content.as_bytes()[at];
    if byte.is_ascii() {
        return (char::from(byte), 1);
    }
    let c = content[at..].chars().next().unwrap_or_default();
    (c, c.len_utf8())
}

fn is_word_char(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || c == '_'
    } else {
        !is_written_mark(c) && (c.is_alphanumeric() || ('\u{300}'..'\u{370}').contains(&c))
    }
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn ending(content: &str) -> Ending {
    let closing =
        |c: char| c.is_whitespace() || matches!(c, '"' | '”' | '“' | '\'' | '’' | '‘' | ')' | ']' | '»' | '」' | '』');
    let bare = content.trim_end_matches(closing);
    if bare.ends_with('…') || bare.ends_with("...") {
        return Ending::Ellipsis;
    }
    if bare.ends_with("a.m.") || bare.ends_with("p.m.") {
        return Ending::Open;
    }
    match bare.chars().next_back() {
        Some('.' | '!' | '?' | '。' | '！' | '？' | '｡' | '؟' | '।') => Ending::Stop,
        Some(':' | '：') => Ending::Colon,
        _ => Ending::Open,
    }
}

fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
