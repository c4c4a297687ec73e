//! Glyphs that may be quotation marks, and which way each may face.

use crate::text::{Span, script::position};

/// English words whose first letters an apostrophe stands for.
const ELISIONS: &str = include_str!("../../../data/elisions.txt");

/// Glyphs that pair with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// “ ” „ " '' and their kin.
    Double,
    /// ‘ ’ ‚ ': also apostrophes.
    Single,
    /// « ».
    Guillemet,
    /// ‹ ›.
    SingleGuillemet,
    /// 「 」.
    Corner,
    /// 『 』.
    WhiteCorner,
}

/// Which way a glyph says it faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// It opens: “ «.
    Left,
    /// It opens, at the foot of the line, and “ or ‘ closes: „ ‚.
    Low,
    /// It closes: ” ».
    Right,
    /// It does not say: " and '.
    Either,
}

/// A glyph that may be a quotation mark.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    pub(super) span: Span,
    pub(super) family: Family,
    pub(super) side: Side,
    /// It may open a quotation where none is open.
    pub(super) opens: bool,
    /// It may close one that is open.
    pub(super) closes: bool,
    /// It closes one if one is open: a single mark that is hardly an apostrophe.
    pub(super) closes_surely: bool,
}

impl Glyph {
    /// Whether the same glyph may stand inside what it encloses.
    pub(super) fn nests(&self) -> bool {
        matches!(self.family, Family::Corner | Family::WhiteCorner)
    }

    /// Whether it opens although `open`, of its family, is open.
    pub(super) fn is_opener_of(&self, text: &str, open: Glyph) -> bool {
        let same = self.span.of(text) == open.span.of(text);
        match (self.side, open.side) {
            (Side::Low, _) => true,
            // “ closes „, and, mistyped, whatever it stands behind.
            (Side::Left, _) => open.side != Side::Low && !self.closes,
            // » opens in »…«, and Swedish ” opens and closes alike.
            (Side::Right, Side::Right) if same && self.family != Family::Double => self.opens,
            (Side::Right, Side::Right) => self.opens && !self.closes,
            _ => false,
        }
    }
}

/// The glyphs of a paragraph, apostrophes inside words left out.
pub(super) fn find(text: &str, paragraph: Span) -> Vec<Glyph> {
    let mut glyphs = Vec::new();
    let bytes = &text.as_bytes()[..paragraph.end as usize];
    let mut at = paragraph.begin as usize;
    while let Some(skip) = position(&bytes[at..], may_begin) {
        at += skip;
        let Some((family, side, len)) = glyph_at(&text[at..paragraph.end as usize]) else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let span = Span::new(at, at + len);
        at += len;
        let neighbours = Neighbours::of(text, paragraph, span);
        let is_none = neighbours.ends_broken_dash() || family == Family::Single && neighbours.is_within_word();
        if !is_none {
            glyphs.push(neighbours.judge(Glyph {
                span,
                family,
                side,
                opens: false,
                closes: false,
                closes_surely: false,
            }));
        }
    }
    glyphs
}

/// Whether a glyph may begin with the byte.
#[inline]
fn may_begin(byte: u8) -> bool {
    let is = |other: u8| u8::from(byte == other);
    is(b'"') | is(b'\'') | is(b'`') | is(b'&') | u8::from(byte >= 0xc2) != 0
}

/// Glyphs of more than one character: what HTML and wrong decoding leave of the others, and typewriter's pairs.
const WRITTEN_OUT: [(&str, Family, Side); 17] = [
    ("''", Family::Double, Side::Either),
    ("``", Family::Double, Side::Left),
    ("&quot;", Family::Double, Side::Either),
    ("&#34;", Family::Double, Side::Either),
    ("&ldquo;", Family::Double, Side::Left),
    ("&rdquo;", Family::Double, Side::Right),
    ("&#8220;", Family::Double, Side::Left),
    ("&#8221;", Family::Double, Side::Right),
    ("&laquo;", Family::Guillemet, Side::Left),
    ("&raquo;", Family::Guillemet, Side::Right),
    ("&lsquo;", Family::Single, Side::Left),
    ("&rsquo;", Family::Single, Side::Right),
    // UTF-8 read as Windows-1252.
    ("â€œ", Family::Double, Side::Left),
    ("â€\u{9d}", Family::Double, Side::Right),
    ("â€˜", Family::Single, Side::Left),
    ("â€™", Family::Single, Side::Right),
    ("&#39;", Family::Single, Side::Either),
];

/// Whether the first two bytes are those of a glyph that is written out.
fn may_be_written_out(text: &[u8]) -> bool {
    // The last begins â.
    matches!(text, [b'\'', b'\'', ..] | [b'`', b'`', ..] | [b'&', b'q' | b'l' | b'r' | b'#', ..] | [0xc3, 0xa2, ..])
}

/// What is left of â€\u{9d} where the control character was dropped; of other glyphs the first two characters.
const BROKEN_CLOSER: &str = "â€";

/// The glyph that `text` begins with, and its length in bytes.
fn glyph_at(text: &str) -> Option<(Family, Side, usize)> {
    let written_out = || WRITTEN_OUT.iter().find(|(glyph, ..)| text.starts_with(glyph));
    if let Some((glyph, family, side)) = may_be_written_out(text.as_bytes()).then(written_out).flatten() {
        // Three in a row are a pair and a single one, which stands inside.
        let is_outer = !text.starts_with("'''") || text[3..].starts_with(char::is_alphanumeric);
        return if is_outer { Some((*family, *side, glyph.len())) } else { Some((Family::Single, Side::Either, 1)) };
    }
    if let Some(rest) = text.strip_prefix(BROKEN_CLOSER)
        && !rest.starts_with(|c: char| !c.is_ascii() || c.is_ascii_alphanumeric())
    {
        return Some((Family::Double, Side::Right, BROKEN_CLOSER.len()));
    }
    let c = text.chars().next()?;
    let (family, side) = match c {
        '"' | '＂' => (Family::Double, Side::Either),
        '“' | '‟' | '❝' | '〝' => (Family::Double, Side::Left),
        '„' => (Family::Double, Side::Low),
        '”' | '❞' | '〞' | '〟' => (Family::Double, Side::Right),
        '\'' => (Family::Single, Side::Either),
        '‘' | '‛' | '❛' => (Family::Single, Side::Left),
        '‚' => (Family::Single, Side::Low),
        '’' | '❜' => (Family::Single, Side::Right),
        '«' => (Family::Guillemet, Side::Left),
        '»' => (Family::Guillemet, Side::Right),
        '‹' => (Family::SingleGuillemet, Side::Left),
        '›' => (Family::SingleGuillemet, Side::Right),
        '「' => (Family::Corner, Side::Left),
        '」' => (Family::Corner, Side::Right),
        '『' => (Family::WhiteCorner, Side::Left),
        '』' => (Family::WhiteCorner, Side::Right),
        _ => return None,
    };
    Some((family, side, c.len_utf8()))
}

/// What stands on either side of a glyph.
struct Neighbours<'t> {
    before: &'t str,
    after: &'t str,
    previous: Option<char>,
    next: Option<char>,
}

impl<'t> Neighbours<'t> {
    fn of(text: &'t str, paragraph: Span, glyph: Span) -> Self {
        let before = &text[paragraph.begin as usize..glyph.begin as usize];
        let after = &text[glyph.end as usize..paragraph.end as usize];
        Self { before, after, previous: before.chars().next_back(), next: after.chars().next() }
    }

    fn is_within_word(&self) -> bool {
        self.previous.is_some_and(char::is_alphanumeric) && self.next.is_some_and(char::is_alphanumeric)
    }

    /// A dash of UTF-8 read as Windows-1252, whose last byte became a curly mark: â€” â€“.
    fn ends_broken_dash(&self) -> bool {
        self.before.ends_with(BROKEN_CLOSER)
    }

    fn judge(&self, glyph: Glyph) -> Glyph {
        match glyph.family {
            Family::Single => self.judge_single(glyph),
            Family::Double | Family::Guillemet => self.judge_double(glyph),
            _ => Glyph { opens: glyph.side == Side::Left, closes: glyph.side == Side::Right, ..glyph },
        }
    }

    fn judge_double(&self, glyph: Glyph) -> Glyph {
        let is_spaced = self.previous.is_none_or(char::is_whitespace) && self.next.is_none_or(char::is_whitespace);
        let begins = self.next.is_some_and(|next| !next.is_whitespace() && !ends_clause(next));
        let (opens, closes) = match glyph.side {
            Side::Low => (true, false),
            Side::Left => {
                (true, self.previous.is_some_and(|c| !c.is_whitespace()) && self.next.is_none_or(is_boundary))
            }
            Side::Right => (self.previous.is_none_or(char::is_whitespace) && begins, !begins || !self.follows_space()),
            Side::Either if is_spaced => (self.next.is_some(), true),
            Side::Either => {
                let is_inch = self.previous.is_some_and(|c| c.is_ascii_digit());
                let runs_in = self.previous.is_some_and(char::is_alphanumeric);
                let lacks_space = self.next.is_some_and(|next| next.is_uppercase() || !next.is_ascii());
                (begins && !is_inch && (!runs_in || lacks_space), !self.follows_space())
            }
        };
        Glyph { opens, closes, ..glyph }
    }

    fn follows_space(&self) -> bool {
        self.previous.is_none_or(|previous| previous.is_whitespace() || is_opening(previous))
    }

    fn judge_single(&self, glyph: Glyph) -> Glyph {
        let stands_apart = self.previous.is_none_or(|c| is_boundary(c) && !ends_sentence(c));
        let begins = self.next.is_some_and(|next| !next.is_whitespace() && !ends_clause(next));
        let closes =
            self.previous.is_some_and(|c| !c.is_whitespace()) && self.next.is_none_or(|c| !c.is_alphanumeric());
        Glyph {
            opens: glyph.side != Side::Right && stands_apart && begins && !self.is_elision(),
            closes: closes && glyph.side != Side::Low,
            closes_surely: closes && !self.may_be_apostrophe(),
            ..glyph
        }
    }

    /// What follows opens with letters left out: ’tis, ’90s.
    fn is_elision(&self) -> bool {
        let word = self.after.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let is_decade = || word.len() >= 2 && word.as_bytes()[..2].iter().all(u8::is_ascii_digit) && word.len() <= 3;
        let is_listed = || {
            ELISIONS.lines().any(|line| line == word || (word.len() == line.len() && line.eq_ignore_ascii_case(word)))
        };
        !word.is_empty() && word.len() <= 6 && (is_decade() || is_listed() || is_and(word, self.after))
    }

    /// What stands before may end in an apostrophe: the dogs’, runnin’.
    fn may_be_apostrophe(&self) -> bool {
        if self.next.is_none_or(|next| ends_clause(next) || matches!(next, '”' | '"' | ')' | '»')) {
            return false;
        }
        let before = self.before.as_bytes();
        before.ends_with(b"s")
            || before.ends_with(b"S")
            || before.ends_with(b"in")
            || before.ends_with(b"x")
            || before.ends_with(b"z")
            || self.previous.is_some_and(|c| c.is_ascii_digit())
    }
}

/// Rock ’n’ roll.
fn is_and(word: &str, after: &str) -> bool {
    word.eq_ignore_ascii_case("n") && after[word.len()..].starts_with(['’', '\'', ' '])
}

fn is_opening(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '“' | '‘' | '«' | '„' | '—' | '–')
}

fn ends_clause(c: char) -> bool {
    matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '…' | '，' | '。' | '、' | '！' | '？')
}

fn ends_sentence(c: char) -> bool {
    matches!(c, ',' | '.' | ';' | '!' | '?' | ')' | ']' | '}' | '%')
}

fn is_boundary(c: char) -> bool {
    !c.is_alphanumeric()
}
