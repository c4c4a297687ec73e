//! A page's tags and texts, one after the other, as the bytes have them.
//!
//! Each byte is looked at a bounded number of times and nothing is nested, so the time is linear whatever the page holds.

use std::{borrow::Cow, cell::Cell};

use memchr::{memchr, memchr_iter, memmem};

/// What a page consists of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'p> {
    /// A stretch of text, its character references not yet resolved.
    Text(&'p str),
    /// `<name …>`.
    Open(Tag<'p>),
    /// `</name>`.
    Close(&'p str),
}

/// An opening tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'p> {
    /// As written: `DIV` or `div`.
    pub(super) name: &'p str,
    /// All that stands between the name and `>`.
    attributes: &'p str,
}

/// The elements whose content is text without tags (HTML, 13.2.5: raw text and escapable raw text).
const RAW: [&str; 9] = ["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript"];

/// Goes through a page.
#[derive(Debug)]
pub(super) struct Scanner<'p> {
    page: &'p str,
    at: usize,
    /// No raw text of these ends behind the place that was looked from.
    unended: Cell<u16>,
}

impl<'p> Scanner<'p> {
    pub(super) fn new(page: &'p str) -> Self {
        Self { page, at: 0, unended: Cell::new(0) }
    }

    /// How many bytes were read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The content of the raw-text element whose opening tag was just read; what is left where it does not end.
    pub(super) fn raw_text(&mut self, name: &str) -> &'p str {
        let rest = &self.page[self.at..];
        let Some(kind) = RAW.iter().position(|raw| raw.eq_ignore_ascii_case(name)) else { return "" };
        if self.unended.get() & (1 << kind) != 0 {
            return "";
        }
        let end = memmem::find_iter(rest.as_bytes(), "</").find(|&end| {
            let after = end + "</".len();
            rest.as_bytes().get(after..after + name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes()))
        });
        let Some(end) = end else {
            // Looked for once only, so that many of them cost no more than one.
            self.unended.set(self.unended.get() | (1 << kind));
            return "";
        };
        self.at += end;
        &rest[..end]
    }

    /// Whether `name` is an element whose content is read with [`Scanner::raw_text`].
    pub(super) fn is_raw(name: &str) -> bool {
        RAW.iter().any(|raw| raw.eq_ignore_ascii_case(name))
    }

    fn markup(&mut self) -> Option<Token<'p>> {
        let rest = &self.page[self.at..];
        let bytes = rest.as_bytes();
        match bytes.get(1)? {
            b'a'..=b'z' | b'A'..=b'Z' => {
                let name_end = name_end(bytes, 1);
                let end = tag_end(bytes, name_end);
                self.at += (end + 1).min(bytes.len());
                Some(Token::Open(Tag { name: &rest[1..name_end], attributes: &rest[name_end..end] }))
            }
            b'/' if bytes.get(2).is_some_and(u8::is_ascii_alphabetic) => {
                let name_end = name_end(bytes, 2);
                let end = memchr(b'>', bytes).unwrap_or(bytes.len());
                self.at += (end + 1).min(bytes.len());
                Some(Token::Close(&rest[2..name_end]))
            }
            b'!' if rest.starts_with("<!--") => {
                let end = memmem::find(&bytes[2..], b"-->").map_or(bytes.len(), |end| end + 2 + "-->".len());
                self.at += end;
                Some(Token::Text(""))
            }
            // A declaration, or what no tag closes: no text either.
            _ => {
                self.at += memchr(b'>', bytes).map_or(bytes.len(), |end| end + 1);
                Some(Token::Text(""))
            }
        }
    }
}

impl<'p> Iterator for Scanner<'p> {
    type Item = Token<'p>;

    fn next(&mut self) -> Option<Token<'p>> {
        let rest = self.page.get(self.at..).filter(|rest| !rest.is_empty())?;
        if rest.starts_with('<') && is_markup(rest.as_bytes()) {
            return self.markup();
        }
        let end = memchr_iter(b'<', rest.as_bytes())
            .find(|&end| end > 0 && is_markup(&rest.as_bytes()[end..]))
            .unwrap_or(rest.len());
        self.at += end;
        Some(Token::Text(&rest[..end]))
    }
}

/// Whether `<` opens a tag or a comment here, and is no character of the text.
fn is_markup(bytes: &[u8]) -> bool {
    match bytes.get(1) {
        Some(b'/') => bytes.len() > 2,
        Some(byte) => byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?'),
        None => false,
    }
}

fn name_end(bytes: &[u8], begin: usize) -> usize {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    bytes[begin..].iter().position(is_end).map_or(bytes.len(), |len| begin + len)
}

/// Where the tag's `>` stands: not between quotation marks, which count after `=` alone.
fn tag_end(bytes: &[u8], begin: usize) -> usize {
    let mut at = begin;
    let mut last = b' ';
    while at < bytes.len() {
        match bytes[at] {
            b'>' => return at,
            quote @ (b'"' | b'\'') if last == b'=' => {
                let Some(len) = memchr(quote, &bytes[at + 1..]) else {
                    // Never closed: the tag ends where it would without the mark.
                    return memchr(b'>', &bytes[at..]).map_or(bytes.len(), |len| at + len);
                };
                at += len + 1;
                last = quote;
            }
            byte if !byte.is_ascii_whitespace() => last = byte,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

impl<'p> Tag<'p> {
    /// The attributes and their values, as written; a value is empty where there is none.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'p str, &'p str)> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/');
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let len = rest[first..].find(is_end).map_or(rest.len(), |len| len + first);
            let (name, after) = rest.split_at(len);
            let after = after.trim_ascii_start();
            let Some(value) = after.strip_prefix('=').map(str::trim_ascii_start) else {
                rest = after;
                return Some((name, ""));
            };
            let quote = value.bytes().next().filter(|byte| matches!(byte, b'"' | b'\''));
            let (value, left) = match quote {
                Some(quote) => {
                    let end = memchr(quote, &value.as_bytes()[1..]).map_or(value.len(), |len| len + 1);
                    (&value[1..end], value.get(end + 1..).unwrap_or_default())
                }
                None => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
            };
            rest = left;
            Some((name, value))
        })
    }
}

/// A text or a value with its character references resolved.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    let begins_reference = |at: usize| matches!(text.as_bytes().get(at + 1), Some(b'a'..=b'z' | b'A'..=b'Z' | b'#'));
    let holds_any = memchr_iter(b'&', text.as_bytes()).any(begins_reference);
    if holds_any { htmlize::unescape(text) } else { Cow::Borrowed(text) }
}
