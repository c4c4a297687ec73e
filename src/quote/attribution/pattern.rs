//! What stands in a stretch of tokens: the pattern of its symbols, and which it holds.

use std::ops::Range;

use super::{
    Scene,
    feature::{COMMA, NOTHING, PARAGRAPH, STOP},
};
use crate::quote::{content::Piece, reported::Label, weight::mix};

/// Reads symbols into patterns: runs of the same as one. There is a pattern for each number of symbols that are told apart.
#[derive(Debug)]
pub(super) struct Reader<const COUNT: usize> {
    most: [usize; COUNT],
    hash: u32,
    count: usize,
    last: u8,
    paragraph: Option<usize>,
    /// The patterns that have as many symbols as are told apart, and more behind them.
    cut: [Option<u32>; COUNT],
}

impl<const COUNT: usize> Reader<COUNT> {
    /// Begins to read patterns of so many symbols.
    pub(super) fn new(most: [usize; COUNT]) -> Self {
        Self { most, hash: 17, count: 0, last: NOTHING, paragraph: None, cut: [None; COUNT] }
    }

    /// Reads the next token.
    #[inline]
    fn read(&mut self, scene: &Scene, at: usize) {
        let symbol = scene.symbols[at];
        let paragraph = scene.words.paragraph(at);
        if self.paragraph.replace(paragraph).is_some_and(|before| before != paragraph) {
            self.hash = mix(&[self.hash, u32::from(PARAGRAPH)]);
            self.count += 1;
        }
        if symbol == self.last && !matches!(symbol, STOP | COMMA) {
            return;
        }
        self.last = symbol;
        for (cut, &most) in self.cut.iter_mut().zip(&self.most) {
            if self.count >= most {
                cut.get_or_insert(mix(&[self.hash, 99]));
            }
        }
        self.count += 1;
        self.hash = mix(&[self.hash, u32::from(symbol)]);
    }

    /// Reads a stretch, up to where nothing more is told apart.
    pub(super) fn read_all(mut self, scene: &Scene, stretch: Range<usize>) -> [u32; COUNT] {
        for at in stretch {
            self.read(scene, at);
            if self.is_done() {
                break;
            }
        }
        self.patterns()
    }

    fn is_done(&self) -> bool {
        self.cut.iter().all(Option::is_some)
    }

    /// The patterns of what was read.
    fn patterns(&self) -> [u32; COUNT] {
        self.cut.map(|cut| cut.unwrap_or(self.hash))
    }
}

/// What a stretch holds that begins at a piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    /// Its pattern.
    pub(super) pattern: u32,
    /// The pattern of what stands next to the piece.
    pub(super) near_pattern: u32,
    /// A bit for each symbol.
    symbols: u16,
    /// A bit for each label.
    labels: u8,
}

impl Stretch {
    /// 1 where the stretch holds the symbol, else 0.
    pub(super) fn symbol(self, symbol: u8) -> u32 {
        u32::from(self.symbols >> symbol & 1)
    }

    /// 1 where the stretch holds the label, else 0.
    pub(super) fn label(self, label: Label) -> u32 {
        u32::from(self.labels >> label as u8 & 1)
    }
}

/// How many tokens are mostly read on one side of a piece: what room is made for.
const USUAL_TOKENS: usize = 80;

/// How many are read at most: what stands farther off tells no more.
const MOST_TOKENS: usize = 512;

/// What stands on one side of a piece, read outwards from it, once for all candidates and as far as one of them stands.
#[derive(Debug)]
pub(super) struct Side {
    reader: Reader<2>,
    /// For each number of tokens read, what they hold.
    stretches: Vec<Stretch>,
}

impl Side {
    /// Nothing is read yet; `most` symbols are told apart, and so many `near` the piece.
    pub(super) fn new(most: usize, near: usize) -> Self {
        let reader = Reader::new([most, near]);
        let [pattern, near_pattern] = reader.patterns();
        let mut stretches = Vec::with_capacity(USUAL_TOKENS);
        stretches.push(Stretch { pattern, near_pattern, symbols: 0, labels: 0 });
        Self { reader, stretches }
    }

    /// What the `count` tokens hold that stand before the piece.
    pub(super) fn before(&mut self, scene: &Scene, piece: &Piece, count: usize) -> Stretch {
        self.read(scene, piece, count, |step| piece.tokens.start - 1 - step)
    }

    /// What the `count` tokens hold that stand behind it.
    pub(super) fn behind(&mut self, scene: &Scene, piece: &Piece, count: usize) -> Stretch {
        self.read(scene, piece, count, |step| piece.tokens.end + step)
    }

    fn read(&mut self, scene: &Scene, piece: &Piece, count: usize, at: impl Fn(usize) -> usize) -> Stretch {
        let Self { reader, stretches } = self;
        let count = count.min(MOST_TOKENS);
        let first = stretches.len() - 1;
        if count > first {
            let mut last = stretches[first];
            stretches.extend((first..count).map(|step| {
                let at = at(step);
                if !reader.is_done() {
                    reader.read(scene, at);
                    [last.pattern, last.near_pattern] = reader.patterns();
                }
                last.symbols |= 1 << scene.symbols[at];
                last.labels |= 1 << scene.label(at, piece);
                last
            }));
        }
        stretches[count]
    }
}
