//! Kinds of characters, as far as reading goes: no Unicode tables, a few ranges.

/// A kind of ASCII byte.
pub(crate) mod ascii {
    /// A letter from `a` to `z`.
    pub(crate) const LOWER: u8 = 1;
    /// A letter from `A` to `Z`.
    pub(crate) const UPPER: u8 = 1 << 1;
    /// A digit.
    pub(crate) const DIGIT: u8 = 1 << 2;
    /// The underscore, which joins words as letters do.
    pub(crate) const JOINER: u8 = 1 << 3;
    /// White space.
    pub(crate) const SPACE: u8 = 1 << 4;
    /// No ASCII at all.
    pub(crate) const BEYOND: u8 = 1 << 5;
    /// The apostrophe and the full stop, which may stand inside a word.
    pub(crate) const INNER: u8 = 1 << 6;
    /// What words are made of.
    pub(crate) const WORD: u8 = LOWER | UPPER | DIGIT | JOINER;

    /// The kind of each byte; 0 for other punctuation and control characters.
    pub(crate) static KIND: [u8; 256] = {
        let mut kinds = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            #[expect(clippy::cast_possible_truncation, reason = "below 256")]
            let b = byte as u8;
            kinds[byte] = match b {
                b'a'..=b'z' => LOWER,
                b'A'..=b'Z' => UPPER,
                b'0'..=b'9' => DIGIT,
                b'_' => JOINER,
                b' ' | b'\t'..=b'\r' => SPACE,
                b'\'' | b'.' => INNER,
                128.. => BEYOND,
                _ => 0,
            };
            byte += 1;
        }
        kinds
    };
}

/// Where the first of the bytes stands that `holds` is true of. It is asked of sixteen at a time, which the compiler makes
/// one instruction or two of: a few comparisons are faster than a table.
#[inline]
pub(super) fn position(bytes: &[u8], holds: impl Fn(u8) -> bool) -> Option<usize> {
    let (chunks, _) = bytes.as_chunks::<16>();
    let plain = chunks.iter().take_while(|chunk| !chunk.iter().fold(false, |any, &byte| any | holds(byte))).count();
    let begin = plain * 16;
    bytes[begin..].iter().position(|&byte| holds(byte)).map(|at| begin + at)
}

/// The character that begins at byte `at`.
#[inline]
pub(super) fn char_at(text: &str, at: usize) -> char {
    text[at..].chars().next().unwrap_or('\0')
}

/// The character that ends before byte `at`.
#[inline]
pub(super) fn char_before(text: &str, at: usize) -> char {
    text[..at].chars().next_back().unwrap_or('\0')
}

/// White space, and what takes no room at all.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')
}

/// Whether a text begins and ends with a mark or a letter of ASCII, as most lines and sentences do: there is nothing to trim.
pub(super) fn is_bare(text: &str) -> bool {
    matches!(text.as_bytes(), [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic())
}

/// Part of a word: a letter, a digit, a mark on one, or the underscore.
pub(super) fn is_word(c: char) -> bool {
    !is_written_mark(c) && (c.is_alphanumeric() || c == '_' || is_mark(c))
}

/// A dash, a quotation mark or an ellipsis: what stands most often in English beyond ASCII, and needs no table to be told.
#[inline]
pub(crate) fn is_written_mark(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2027}')
}

/// A mark that belongs to the letter before it: accents, points, the signs of Indic scripts, joiners, soft hyphens.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}'
        | '\u{900}'..='\u{963}' | '\u{966}'..='\u{96f}' | '\u{971}'..='\u{df3}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

/// A character of a script that writes no spaces between words: Thai, Lao, Burmese, Khmer, kana and ideographs.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e01}'..='\u{e4e}' | '\u{e81}'..='\u{ece}' | '\u{1000}'..='\u{1049}' | '\u{1780}'..='\u{17d3}'
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}
