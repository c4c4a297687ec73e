//! A line as the furniture rules see it: its words as hashes with their classes, and how it begins and ends.

use std::{borrow::Cow, ops::Range};

use super::{
    phrase::{self, WordClass},
    word::{char_at, is_ideograph, is_word_char, letters, word},
};
use crate::{
    cancel::{Cancel, Cancelled},
    text::{Span, script::ascii},
};

/// From this length on only a line's two ends are read.
const LONG_BYTES: usize = 320;
/// How much of either end of a long line is read.
const END_BYTES: usize = 100;
/// How many of the first lines of a text keep their pieces: the headline is mostly among them.
const KEPT_LINES: usize = 16;

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
    /// Whether the scan has its pieces.
    has_pieces: bool,
    /// Its first piece is a word without a capital at its head.
    pub(in crate::document) opens_low: bool,
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

    /// Scans lines, judging each while its pieces are there: only the first few lines keep theirs, for a long text has many.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub(in crate::document) fn judging<T>(
        text: &str,
        spans: &[Span],
        cancel: Cancel<'_>,
        judge: impl Fn(&Self, &Line) -> T,
    ) -> Result<(Self, Vec<T>), Cancelled> {
        let mut scan = Self::with_room_for(&spans[..spans.len().min(KEPT_LINES)]);
        scan.lines.reserve(spans.len());
        let mut judgements = Vec::with_capacity(spans.len());
        for (at, &span) in spans.iter().enumerate() {
            cancel.check()?;
            let kept = scan.pieces.len();
            let mut line = scan.line(text, span);
            judgements.push(judge(&scan, &line));
            if at >= KEPT_LINES {
                scan.pieces.truncate(kept);
                line = Line { head: (0, 0), tail: (0, 0), has_pieces: false, ..line };
            }
            scan.lines.push(line);
        }
        scan.note_unlisted();
        Ok((scan, judgements))
    }

    /// The pieces of a line's head, read once more where the line did not keep them.
    pub(in crate::document) fn head_again(&self, text: &str, line: &Line) -> Cow<'_, [Piece]> {
        if line.has_pieces {
            return Cow::Borrowed(self.head(line));
        }
        let mut again = Self::with_room_for(&[line.span]);
        let line = again.line(text, line.span);
        Cow::Owned(again.head(&line).to_vec())
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
            has_pieces: true,
            opens_low: false,
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
        line.opens_low = self.pieces.get(begin).is_some_and(|piece| piece.case == Case::Lower);
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
        counted.add_to(line);
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

/// What is counted of the words of a line, or of its end.
#[derive(Clone, Copy, Default)]
struct Counted {
    /// How many there are of each [`Case`], sixteen bits for each, and of stop words: of so few no count outgrows them.
    cases: u64,
    stop_words: u32,
    classes: WordClass,
    hash: u64,
}

/// Where in [`Counted::cases`] each case is counted: words of small letters with the ideographs.
const CASES: [u32; 6] = [0, 48, 0, 16, 32, 0];

impl Counted {
    #[inline]
    fn add(&mut self, piece: &Piece) {
        self.cases += 1 << CASES[piece.case as usize];
        self.stop_words += u32::from(piece.class.any(WordClass::STOP));
        self.classes |= piece.class;
        self.hash = mix(self.hash, piece.hash);
    }

    fn count(&self, shift: u32) -> u32 {
        u32::try_from(self.cases >> shift & 0xffff).unwrap_or_default()
    }

    fn add_to(&self, line: &mut Line) {
        let [others, capitalised, capitals, numbers] = [0, 16, 32, 48].map(|shift| self.count(shift));
        line.words += others + capitalised + capitals + numbers;
        line.capitalised += capitalised;
        line.capitals += capitals;
        line.numbers += numbers;
        line.stop_words += self.stop_words;
        line.classes |= self.classes;
        line.hash = self.hash;
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

const HASH_SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn mix(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0100_0000_01b3).rotate_left(23)
}

fn ending(content: &str) -> Ending {
    // Mostly a word and its full stop.
    if let [.., last, b'.'] = content.as_bytes()
        && last.is_ascii_alphanumeric()
        && *last != b'm'
    {
        return Ending::Stop;
    }
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
