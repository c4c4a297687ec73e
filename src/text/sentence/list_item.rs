//! The items of a list written in one line: "1. This 2. That", "a) This b) That", "• This • That".

use crate::text::{
    Span,
    script::{char_at, is_space},
};

/// How a list counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Marker {
    /// The same sign before each item.
    Bullet(char),
    /// A number, and what closes it.
    Number(u32, Close),
    /// A letter, and what closes it.
    Letter(u8, Close),
}

/// What closes a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Close {
    Stop,
    Bracket,
    StopBracket,
}

impl Close {
    fn text(self) -> &'static str {
        match self {
            Self::Stop => ".",
            Self::Bracket => ")",
            Self::StopBracket => ".)",
        }
    }
}

/// Calls `item` with each item of the list that `stretch` is; with the whole of it when it does not begin as a list does.
pub(super) fn each(text: &str, stretch: Span, mut item: impl FnMut(Span)) {
    let (mut begin, limit) = (stretch.begin as usize, stretch.end as usize);
    let content = &text[begin..limit];
    let mut from = begin + (content.len() - content.trim_start().len());
    let mut next = Marker::first(&text[from..limit]);
    while let Some(wanted) = next {
        let Some(found) = wanted.find(text, from + 1, limit) else { break };
        item(Span::new(begin, found));
        begin = found;
        from = found;
        next = wanted.following();
    }
    item(Span::new(begin, limit));
}

impl Marker {
    /// The marker of the second item, when `text` begins with that of a first.
    fn first(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        match *bytes.first()? {
            b'0'..=b'9' => {
                let digits = bytes.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
                let number = text[..digits].parse().ok().filter(|&number: &u32| number < 100)?;
                Self::Number(number, close(&bytes[digits..])?).following()
            }
            letter @ (b'a' | b'A') => Self::Letter(letter, close(&bytes[1..])?).following(),
            128.. => Some(char_at(text, 0)).filter(|&c| "•⁃▪◦‣●■".contains(c)).map(Self::Bullet),
            _ => None,
        }
    }

    fn following(self) -> Option<Self> {
        Some(match self {
            Self::Bullet(sign) => Self::Bullet(sign),
            Self::Number(number, close) => Self::Number(number + 1, close),
            Self::Letter(b'z' | b'Z', _) => return None,
            Self::Letter(letter, close) => Self::Letter(letter + 1, close),
        })
    }

    /// Where the marker stands from `from` on: after white space, and before the words of its item.
    fn find(self, text: &str, from: usize, limit: usize) -> Option<usize> {
        let mut marker = [0; 16];
        let marker = self.write(&mut marker);
        let finder = memchr::memmem::Finder::new(marker);
        let mut from = from;
        while let Some(found) = finder.find(&text.as_bytes()[from.min(limit)..limit]) {
            let at = from + found;
            let after = at + marker.len();
            let rest = &text[after..limit];
            let opens = match self {
                Self::Bullet(_) => !rest.trim_start().is_empty(),
                _ => rest.starts_with(is_space) && rest.trim_start().starts_with(char::is_alphanumeric),
            };
            if opens && text[..at].ends_with(is_space) {
                return Some(at);
            }
            from = after;
        }
        None
    }

    fn write(self, buffer: &mut [u8; 16]) -> &[u8] {
        use std::io::Write;
        let whole = buffer.len();
        let mut rest = &mut buffer[..];
        // A marker takes a few bytes of the sixteen.
        let _ = match self {
            Self::Bullet(sign) => write!(rest, "{sign}"),
            Self::Number(number, close) => write!(rest, "{number}{}", close.text()),
            Self::Letter(letter, close) => write!(rest, "{}{}", char::from(letter), close.text()),
        };
        let written = whole - rest.len();
        &buffer[..written]
    }
}

/// What closes a marker before the words of its item.
fn close(after: &[u8]) -> Option<Close> {
    match after {
        [b'.', b' ', ..] => Some(Close::Stop),
        [b')', b' ', ..] => Some(Close::Bracket),
        [b'.', b')', b' ', ..] => Some(Close::StopBracket),
        _ => None,
    }
}
