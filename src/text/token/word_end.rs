//! Where a word ends that is not plain ASCII letters up to a space.

use crate::text::{
    Language,
    script::{ascii, char_at, is_unspaced, is_word},
};

/// Whether a word may go on at this byte, though it is no ASCII letter.
#[inline]
pub(super) fn may_join(byte: u8) -> bool {
    byte >= 128 || matches!(byte, b'\'' | b'.' | b',' | b'@' | b'&' | b':')
}

/// Whether a word that begins with `len` letters of ASCII surely ends behind them. `bytes` end where the sentence does.
#[inline]
pub(super) fn ends_after_letters(bytes: &[u8], begin: usize, len: usize) -> bool {
    const WORD: u8 = ascii::WORD | ascii::BEYOND;
    let behind = begin + len;
    let Some(&byte) = bytes.get(behind) else { return false };
    // Mostly a space follows, or a comma, which joins digits alone.
    let kind = ascii::KIND[byte as usize];
    if kind & (WORD | ascii::INNER) == 0 {
        return len > 0 && !matches!(byte, b'@' | b'&' | b':');
    }
    // A full stop may belong to an acronym, or join two parts of an address.
    byte == b'.' && len > 1 && bytes.get(behind + 1).is_none_or(|&byte| ascii::KIND[byte as usize] & WORD == 0)
}

/// Where the word that begins at `begin` ends.
pub(super) fn find(text: &str, bytes: &[u8], begin: usize, language: Language) -> usize {
    let mut end = begin;
    let mut is_acronym = true;
    let mut letters_since_stop = 0;
    while let Some(&byte) = bytes.get(end) {
        if ascii::KIND[byte as usize] & ascii::WORD != 0 {
            letters_since_stop += 1;
            is_acronym &= letters_since_stop == 1 && byte.is_ascii_alphabetic();
            end += 1;
            continue;
        }
        let c = char_at(text, end);
        if byte >= 128 && is_word(c) && !is_unspaced(c) {
            letters_since_stop += 1;
            is_acronym &= letters_since_stop == 1;
            end += c.len_utf8();
            continue;
        }
        let after = end + c.len_utf8();
        let next = if after < bytes.len() { char_at(text, after) } else { ' ' };
        match c {
            '\'' | '’' if end > begin && is_word(next) && !is_unspaced(next) => {
                if elides(&text[begin..end], language) {
                    return after;
                }
                let is_s = matches!(next, 's' | 'S');
                if is_s && (after + 1 >= bytes.len() || !is_word(char_at(text, after + 1))) {
                    return end;
                }
            }
            '.' if is_word(next) && !is_unspaced(next) && end > begin => {}
            '.' if is_acronym && end > begin + 1 && letters_since_stop == 1 => return after,
            ',' if next.is_ascii_digit() && bytes[end - 1].is_ascii_digit() => {}
            '@' | '&' if end > begin && next.is_alphanumeric() && !is_unspaced(next) => {}
            ':' if end > begin && bytes[after..].starts_with(b"//") => return url_end(text, bytes.len(), after),
            _ => return end,
        }
        is_acronym &= c == '.';
        letters_since_stop = 0;
        end = after;
    }
    end
}

/// Where the address that goes on at `from` ends: before white space, quotation marks and brackets, and before the
/// punctuation that closes it.
fn url_end(text: &str, limit: usize, from: usize) -> usize {
    let address = &text[from..limit];
    let ends = |c: char| c.is_whitespace() || "\"<>()[]{}“”‘’«»".contains(c) || is_unspaced(c);
    let address = &address[..address.find(ends).unwrap_or(address.len())];
    from + address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '…']).len()
}

/// Whether `word` is what remains of an article, a pronoun or a conjunction before a vowel.
fn elides(word: &str, language: Language) -> bool {
    let elided: &[&str] = match language {
        Language::French => &["c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"],
        Language::Italian => &[
            "c", "d", "l", "m", "s", "t", "v", "un", "all", "coll", "dall", "dell", "nell", "sull", "gl", "quell",
            "quest", "anch", "com", "dov", "nessun", "bell", "sant", "tutt",
        ],
        _ => return false,
    };
    elided.iter().any(|elided| elided.eq_ignore_ascii_case(word))
}
