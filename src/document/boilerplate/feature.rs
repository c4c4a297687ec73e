//! What tells a page's lines from its article's: for every line a row of numbers, read by [`super::model`].

use std::collections::HashMap;

use super::{
    line::{Ending, Line, Scan},
    phrase::{Verdict, WordClass},
};
use crate::document::html::{Block, Blocks, Kinds, Place};

/// How many numbers a row of plain text holds.
pub const LINE_FEATURES: usize = 57;
/// How many more a row of a page's markup holds.
pub const MARKUP_FEATURES: usize = 12 + Place::COUNT + 2 * Kinds::COUNT;
/// How many the second look holds.
pub const CONTEXT_FEATURES: usize = 18;

/// The bounds of lengths, in words.
const LENGTHS: [u32; 6] = [2, 5, 10, 20, 40, 80];
const CLASSES: [WordClass; 11] = [
    WordClass::MONTH,
    WordClass::WEEKDAY,
    WordClass::TIME,
    WordClass::PUBLISH,
    WordClass::AGENCY,
    WordClass::CREDIT,
    WordClass::ROLE,
    WordClass::SOCIAL,
    WordClass::SECTION,
    WordClass::NAVIGATE,
    WordClass::NARRATIVE,
];
const VERDICTS: [Verdict; 5] = [Verdict::Edge, Verdict::Drop, Verdict::Heading, Verdict::Tail, Verdict::End];

/// The share of stop words in prose, for languages without a list.
const USUAL_STOP_WORDS: f32 = 0.4;

/// Rows of numbers, all of one length.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// How many numbers a row holds.
    pub width: usize,
    /// Row after row.
    pub values: Vec<f32>,
}

impl Rows {
    /// The rows, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.width.max(1))
    }
}

fn flag(holds: bool) -> f32 {
    f32::from(u8::from(holds))
}

#[expect(clippy::cast_precision_loss, reason = "counts of words in a line")]
fn ratio(part: u32, whole: u32) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

#[expect(clippy::cast_precision_loss, reason = "a share of a page")]
fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

/// Of each line, what its words and those around it say.
pub(in crate::document) fn of_lines(text: &str, scan: &Scan, verdicts: &[Option<Verdict>]) -> Rows {
    let lines = &scan.lines;
    let prose: Vec<bool> =
        lines.iter().zip(verdicts).map(|(line, verdict)| line.is_prose() && verdict.is_none()).collect();
    let words: Vec<u32> = lines.iter().map(|line| line.words.min(200)).collect();
    let prose_words = |at: usize| if prose[at] { words[at] } else { 0 };
    let total: usize = (0..lines.len()).map(|at| prose_words(at) as usize).sum();
    let segments = [densest(&words, &prose, 6), densest(&words, &prose, 20)];
    let mut seen: HashMap<u64, u32> = HashMap::new();
    for line in lines {
        *seen.entry(line.hash).or_default() += 1;
    }
    let mut rows = Rows { width: LINE_FEATURES, values: Vec::with_capacity(lines.len() * LINE_FEATURES) };
    let mut before = 0;
    for (at, line) in lines.iter().enumerate() {
        let begin = rows.values.len();
        own(text, scan, line, verdicts[at], &mut rows.values);
        let out = &mut rows.values;
        out.push(flag(seen[&line.hash] > 1));
        let neighbour = |by: isize| at.checked_add_signed(by).filter(|&at| at < lines.len());
        for by in [-1, 1, -2, 2] {
            out.push(neighbour(by).map_or(0.0, |at| ratio(prose_words(at).min(60), 60)));
        }
        for by in [-1, 1] {
            out.push(neighbour(by).map_or(0.0, |at| flag(verdicts[at].is_some())));
            out.push(neighbour(by).map_or(0.0, |at| flag(verdicts[at] >= Some(Verdict::Heading))));
            out.push(neighbour(by).map_or(0.0, |at| flag(lines[at].ending == Ending::Stop)));
        }
        for reach in [4, 10] {
            let around = at.saturating_sub(reach)..(at + reach + 1).min(lines.len());
            let count = u32::try_from(around.len()).unwrap_or(1);
            out.push(ratio(around.map(|at| prose_words(at).min(60)).sum(), count * 60));
        }
        out.push(share(before, total));
        before += prose_words(at) as usize;
        out.push(share(total - before, total));
        for &(begin, end) in &segments {
            out.push(flag((begin..end).contains(&at)));
            out.push(share(begin.saturating_sub(at).min(20), 20));
            out.push(share((at + 1).saturating_sub(end).min(20), 20));
        }
        debug_assert_eq!(out.len() - begin, LINE_FEATURES);
    }
    rows
}

/// What a line's own words say.
fn own(text: &str, scan: &Scan, line: &Line, verdict: Option<Verdict>, out: &mut Vec<f32>) {
    let length = LENGTHS.iter().position(|&bound| line.words <= bound).unwrap_or(LENGTHS.len());
    out.extend((0..=LENGTHS.len()).map(|at| flag(at == length)));
    out.push(ratio(line.words.min(100), 100));
    out.extend([Ending::Stop, Ending::Ellipsis, Ending::Colon].map(|ending| flag(line.ending == ending)));
    let pieces = scan.head(line).len() + if line.long { scan.tail(line).len() } else { 0 };
    let read = line.words.min(u32::try_from(pieces).unwrap_or(u32::MAX));
    out.push(if line.unlisted { USUAL_STOP_WORDS } else { ratio(line.stop_words, read) });
    out.extend([line.capitalised, line.capitals, line.numbers].map(|count| ratio(count, read)));
    out.push(ratio(line.inner_stops.min(3), 3));
    out.push(flag(line.is_prose()));
    out.extend(CLASSES.map(|class| flag(line.classes.any(class))));
    out.extend(VERDICTS.map(|known| flag(verdict == Some(known))));
    let content = line.span.of(text);
    out.push(flag(content.starts_with(['"', '“', '‘', '\'', '„', '«'])));
    out.push(flag(line.opens_low));
    out.push(flag(content.starts_with(['-', '•', '–', '*', '©', '#'])));
}

/// The stretch of lines that holds the most words of prose, each other line costing `gap` words (the maximum
/// subsequence of Pasternack and Roth 2009).
fn densest(words: &[u32], prose: &[bool], gap: i64) -> (usize, usize) {
    let (mut best, mut best_sum) = ((0, 0), 0);
    let (mut begin, mut sum) = (0, 0);
    for at in 0..words.len() {
        sum += if prose[at] { i64::from(words[at]) } else { -gap };
        if sum <= 0 {
            (begin, sum) = (at + 1, 0);
        } else if sum > best_sum {
            (best, best_sum) = ((begin, at + 1), sum);
        }
    }
    best
}

/// Of each block, what its markup says, after what its line says.
pub(in crate::document) fn of_blocks(page: &Blocks, scan: &Scan, lines: &Rows) -> Rows {
    let width = LINE_FEATURES + MARKUP_FEATURES;
    let mut rows = Rows { width, values: Vec::with_capacity(page.blocks.len() * width) };
    let joins = Joins::of(page, scan);
    let weight = |at: usize| if scan.lines[at].is_prose() { scan.lines[at].span.len_bytes() } else { 0 };
    let mut by_style: HashMap<u64, usize> = HashMap::new();
    let mut by_element: HashMap<u32, usize> = HashMap::new();
    for (at, block) in page.blocks.iter().enumerate() {
        *by_style.entry(block.style).or_default() += weight(at);
        *by_element.entry(parent(page, block)).or_default() += weight(at);
    }
    let total: usize = (0..page.blocks.len()).map(weight).sum();
    for (block, row) in page.blocks.iter().zip(lines.iter()) {
        let out = &mut rows.values;
        out.extend_from_slice(row);
        let linked = share(block.link_bytes, block.span.len_bytes());
        out.push(linked);
        out.extend([flag(linked > 0.3), flag(linked > 0.8)]);
        out.push(share(by_style[&block.style], total));
        out.push(share(by_element[&parent(page, block)], total));
        let (up, down) = joins.distance(block.element);
        out.extend((0..4).map(|level| flag(up.min(3) == level)));
        out.push(share(up.min(10) as usize, 10));
        out.push(share(down.min(8) as usize, 8));
        out.push(flag(up == 0 && down <= 1));
        out.extend((0..Place::COUNT).map(|place| flag(block.place.has(place))));
        out.extend((0..Kinds::COUNT).map(|kind| flag(block.near.has(kind))));
        out.extend((0..Kinds::COUNT).map(|kind| flag(block.far.has(kind))));
    }
    rows
}

/// What a block's element stands in: a paragraph's neighbours share it.
fn parent(page: &Blocks, block: &Block) -> u32 {
    page.parents.get(block.element as usize).copied().unwrap_or_default()
}

/// How far every element is from the one that holds most of the page's prose.
struct Joins(Vec<(u32, u32)>);

impl Joins {
    fn of(page: &Blocks, scan: &Scan) -> Self {
        let mut bytes = vec![0usize; page.parents.len()];
        for (block, line) in page.blocks.iter().zip(&scan.lines) {
            if line.is_prose() && block.link_bytes * 2 < block.span.len_bytes() {
                let own = block.element as usize;
                bytes[page.parents[own] as usize] += line.span.len_bytes();
            }
        }
        let main = (0..bytes.len()).max_by_key(|&at| (bytes[at], std::cmp::Reverse(at))).unwrap_or(0);
        let mut chain = vec![None; page.parents.len()];
        let (mut at, mut up) = (main, 0);
        loop {
            chain[at] = Some(up);
            if at == 0 {
                break;
            }
            (at, up) = (page.parents[at] as usize, up + 1);
        }
        // An element is always numbered after what it stands in.
        let mut distances: Vec<(u32, u32)> = Vec::with_capacity(chain.len());
        for (at, on_chain) in chain.iter().enumerate() {
            distances.push(if let Some(up) = on_chain {
                (*up, 0)
            } else {
                let (up, down) = distances[page.parents[at] as usize];
                (up, down + 1)
            });
        }
        Self(distances)
    }

    /// How many levels up from there the two meet, and how many down from there the element is.
    fn distance(&self, element: u32) -> (u32, u32) {
        self.0[element as usize]
    }
}

/// The second look: what the first said of a line and of those around it.
pub(in crate::document) fn in_context(scan: &Scan, page: Option<&Blocks>, chances: &[f32]) -> Rows {
    let lines = &scan.lines;
    let mut rows = Rows { width: CONTEXT_FEATURES, values: Vec::with_capacity(lines.len() * CONTEXT_FEATURES) };
    #[expect(clippy::cast_precision_loss, reason = "counts of words in a line")]
    let words: Vec<f32> = lines.iter().map(|line| line.words.min(100) as f32 + 1.0).collect();
    let mass: Vec<f32> = words.iter().zip(chances).map(|(words, chance)| words * chance).collect();
    let total: f32 = mass.iter().sum::<f32>().max(1.0);
    let groups = page.map(|page| {
        let mut elements: HashMap<u32, (f32, f32)> = HashMap::new();
        let mut styles: HashMap<u64, (f32, f32)> = HashMap::new();
        for (at, block) in page.blocks.iter().enumerate() {
            for (chance, weight) in
                [elements.entry(parent(page, block)).or_default(), styles.entry(block.style).or_default()]
            {
                *chance += mass[at];
                *weight += words[at];
            }
        }
        (elements, styles)
    });
    let mut before = 0.0;
    for (at, line) in lines.iter().enumerate() {
        let out = &mut rows.values;
        let chance = chances[at].clamp(0.001, 0.999);
        out.push((chance / (1.0 - chance)).ln());
        for by in [-1, 1, -2, 2, -3, 3] {
            out.push(at.checked_add_signed(by).and_then(|at| chances.get(at)).copied().unwrap_or(0.0));
        }
        for reach in [4usize, 12] {
            let around = at.saturating_sub(reach)..(at + reach + 1).min(lines.len());
            out.push(mass[around.clone()].iter().sum::<f32>() / words[around].iter().sum::<f32>());
        }
        out.push(before / total);
        out.push(1.0 - (before + mass[at]) / total);
        before += mass[at];
        let of = |group: Option<&(f32, f32)>| group.map_or(chance, |(chance, weight)| chance / weight);
        out.push(
            groups.as_ref().map_or(chance, |(elements, _)| {
                of(page.and_then(|page| elements.get(&parent(page, &page.blocks[at]))))
            }),
        );
        out.push(
            groups.as_ref().map_or(chance, |(_, styles)| of(page.and_then(|page| styles.get(&page.blocks[at].style)))),
        );
        out.push(ratio(line.words.min(60), 60));
        out.push(flag(line.is_prose()));
        out.push(flag(line.is_headline_like()));
        out.push((total / 300.0).min(3.0));
        out.push(flag(line.ending == Ending::Colon));
    }
    rows
}
