//! Finds sentences that say again what another one says.
//!
//! Two sentences repeat each other when their word bigrams overlap by 0.8 (Jaccard's index; case, quotation marks and
//! all other punctuation aside). A pair that overlaps so much must share one of the smallest fifth of its bigrams, in any fixed
//! order (the prefix filter of set-similarity joins: Chaudhuri et al. 2006, Bayardo et al. 2007), so only these
//! are looked up, and of these only the ones that two sentences have. Each sentence meets one candidate of each group it may
//! belong to, once: linear in the text, but for sorting. Most sentences need not even be sorted: one with too many words that the
//! text has nowhere else shares too few bigrams with any other.

use std::ops::Range;

use super::{Document, Role, Sentence, index};
use crate::{
    cancel::{Cancel, Cancelled},
    text::{Class, token::Shape},
};

/// A sentence of fewer words says too little to be a repeat: "Thank you." is none.
const MIN_WORDS: usize = 4;
/// How many groups with a bigram in common are compared.
const MAX_CANDIDATES: usize = 8;

/// Sentences that repeat each other.
struct Group {
    /// The one of them that stands.
    standing: usize,
    /// The bigrams of the first of them, sorted: a range of all.
    bigrams: Range<usize>,
    /// Their sketch.
    sketch: u64,
    /// The last sentence that met the group: two may share many bigrams, and are compared once.
    met_by: usize,
}

/// Gives all but the best-formed of the body's sentences that repeat each other the role [`Role::Repeat`].
pub(super) fn mark(document: &mut Document<'_>, cancel: Cancel<'_>) -> Result<(), Cancelled> {
    let sentences = Sentences::of(document, cancel)?;
    let mut shared = Shared::of(&sentences);
    if shared.bigrams.is_empty() {
        return Ok(());
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut repeats = Vec::new();
    let mut places: Vec<usize> = Vec::new();
    for &(at, ref range) in &sentences.ranges {
        cancel.check()?;
        places.clear();
        places.extend(sentences.prefix(range).iter().filter_map(|&bigram| shared.place(bigram)));
        if places.is_empty() {
            continue;
        }
        let own = &sentences.bigrams[range.clone()];
        let sketch = sketch(own);
        let mut found = None;
        for &number in places.iter().flat_map(|&place| shared.groups(place)) {
            let group = &mut groups[number as usize];
            if std::mem::replace(&mut group.met_by, at) == at {
                continue;
            }
            cancel.check()?;
            let all = own.len() + group.bigrams.len();
            // Each bit that differs is a bigram that one of the two has alone.
            if (sketch ^ group.sketch).count_ones() as usize * 9 <= all
                && overlaps(&sentences.bigrams[group.bigrams.clone()], own)
            {
                found = Some(number);
                break;
            }
        }
        if let Some(number) = found {
            let group = &mut groups[number as usize];
            if form(document, at) > form(document, group.standing) {
                repeats.push(group.standing);
                group.standing = at;
            } else {
                repeats.push(at);
            }
            continue;
        }
        let number = index(groups.len());
        for &place in &places {
            shared.add(place, number);
        }
        groups.push(Group { standing: at, bigrams: range.clone(), sketch, met_by: at });
    }
    for at in repeats {
        document.sentences[at].role = Role::Repeat;
    }
    Ok(())
}

/// A bit for each of the bigrams, which some may share.
fn sketch(bigrams: &[u64]) -> u64 {
    bigrams.iter().fold(0, |sketch, bigram| sketch | 1 << (bigram >> 58))
}

/// The bigrams that stand in the prefixes of two sentences or more.
struct Shared {
    /// In order, each once.
    bigrams: Vec<u64>,
    /// Where the groups that have each begin in `groups`, and where the last one's end.
    begins: Vec<u32>,
    /// How many groups are known yet that have it.
    counts: Vec<u8>,
    groups: Vec<u32>,
    /// Where the bigrams begin that are so great: by their highest bits.
    buckets: Vec<u32>,
    /// How many of a bigram's bits are none of those.
    shift: u32,
}

impl Shared {
    fn of(sentences: &Sentences) -> Self {
        let prefixes = || sentences.ranges.iter().map(|(_, range)| sentences.prefix(range));
        let mut all = Vec::with_capacity(prefixes().map(<[u64]>::len).sum());
        prefixes().for_each(|prefix| all.extend_from_slice(prefix));
        all.sort_unstable();
        let (mut bigrams, mut begins, mut room) = (Vec::new(), Vec::new(), 0);
        for same in all.chunk_by(|a, b| a == b).filter(|same| same.len() > 1) {
            bigrams.push(same[0]);
            begins.push(index(room));
            room += same.len().min(MAX_CANDIDATES);
        }
        begins.push(index(room));
        let bits = (bigrams.len() + 1).ilog2();
        let greatest = bigrams.last().copied().unwrap_or_default();
        let shift = (u64::BITS - greatest.leading_zeros()).saturating_sub(bits);
        let mut buckets = Vec::with_capacity((2 << bits) + 1);
        for (at, bigram) in bigrams.iter().enumerate() {
            let bucket = usize::try_from(bigram >> shift).unwrap_or_default();
            buckets.resize(buckets.len().max(bucket + 1), index(at));
        }
        buckets.push(index(bigrams.len()));
        Self { counts: vec![0; bigrams.len()], bigrams, begins, groups: vec![0; room], buckets, shift }
    }

    /// Where a bigram stands among them.
    fn place(&self, bigram: u64) -> Option<usize> {
        let bucket = usize::try_from(bigram >> self.shift).ok()?;
        let range = *self.buckets.get(bucket)? as usize..*self.buckets.get(bucket + 1)? as usize;
        let begin = range.start;
        self.bigrams[range].binary_search(&bigram).ok().map(|at| begin + at)
    }

    /// The groups known yet that have the bigram at that place, or the first of them.
    fn groups(&self, place: usize) -> &[u32] {
        let begin = self.begins[place] as usize;
        &self.groups[begin..begin + usize::from(self.counts[place])]
    }

    fn add(&mut self, place: usize, group: u32) {
        let at = self.begins[place] + u32::from(self.counts[place]);
        if at < self.begins[place + 1] {
            self.groups[at as usize] = group;
            self.counts[place] += 1;
        }
    }
}

/// The body's sentences of words enough, and their bigrams.
struct Sentences {
    bigrams: Vec<u64>,
    /// Each sentence's place in the document, and its bigrams: a range of all.
    ranges: Vec<(usize, Range<usize>)>,
}

impl Sentences {
    fn of(document: &Document<'_>, cancel: Cancel<'_>) -> Result<Self, Cancelled> {
        let counts = word_counts(document);
        let (mut bigrams, mut ranges) = (Vec::with_capacity(document.tokens.len()), Vec::new());
        for (at, sentence) in document.sentences.iter().enumerate() {
            cancel.check()?;
            if sentence.role != Role::Body || is_unlike_any(document, sentence, &counts) {
                continue;
            }
            let begin = bigrams.len();
            push_bigrams(document, sentence, &mut bigrams);
            if bigrams.len() - begin + 1 < MIN_WORDS {
                bigrams.truncate(begin);
            } else {
                ranges.push((at, begin..bigrams.len()));
            }
        }
        Ok(Self { bigrams, ranges })
    }

    /// Those of a sentence's bigrams of which any sentence that repeats it has one.
    fn prefix(&self, range: &Range<usize>) -> &[u64] {
        &self.bigrams[range.start..=range.start + range.len() / 5]
    }
}

/// How often the text has each word.
fn word_counts(document: &Document<'_>) -> Vec<u32> {
    let mut counts = vec![0; document.vocabulary.word_count()];
    for token in &document.tokens {
        counts[token.word as usize] += 1;
    }
    counts
}

/// Whether more than a fifth of a sentence's bigrams hold a word that stands nowhere else, so that no other sentence has
/// them.
fn is_unlike_any(document: &Document<'_>, sentence: &Sentence, counts: &[u32]) -> bool {
    let tokens = document.tokens_of(sentence);
    let words = tokens.iter().filter(|token| token.shape.is(Shape::WORD));
    let mut are_own = words.map(|token| counts[token.word as usize] == 1);
    let Some(mut last_is_own) = are_own.next() else { return false };
    let (mut bigrams, mut own) = (0, 0);
    for is_own in are_own {
        bigrams += 1;
        own += usize::from(is_own || last_is_own);
        if own * 5 > tokens.len() {
            return true;
        }
        last_is_own = is_own;
    }
    bigrams < own * 5
}

/// Adds the distinct bigrams of a sentence's words, in the order of their scrambled values.
fn push_bigrams(document: &Document<'_>, sentence: &Sentence, bigrams: &mut Vec<u64>) {
    let begin = bigrams.len();
    let mut last = None;
    for token in document.tokens_of(sentence).iter().filter(|token| token.shape.is(Shape::WORD)) {
        if let Some(last) = last {
            bigrams.push(((u64::from(last) << 32) | u64::from(token.word)).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        }
        last = Some(token.word);
    }
    bigrams[begin..].sort_unstable();
    let mut kept = begin;
    for at in begin..bigrams.len() {
        if kept == begin || bigrams[kept - 1] != bigrams[at] {
            bigrams[kept] = bigrams[at];
            kept += 1;
        }
    }
    bigrams.truncate(kept);
}

/// Whether two sorted sets overlap by 0.8.
fn overlaps(a: &[u64], b: &[u64]) -> bool {
    let (shorter, longer) = if a.len() < b.len() { (a.len(), b.len()) } else { (b.len(), a.len()) };
    if shorter * 5 < longer * 4 {
        return false;
    }
    // Of the two sets together, more than a ninth in one alone is too much.
    let all = a.len() + b.len();
    let (mut i, mut j, mut alone) = (0, 0, 0);
    while i < a.len() && j < b.len() && alone * 9 <= all {
        let (left, right) = (a[i], b[j]);
        i += usize::from(left <= right);
        j += usize::from(right <= left);
        alone += usize::from(left != right);
    }
    (alone + (a.len() - i) + (b.len() - j)) * 9 <= all
}

/// How well a sentence is formed: it begins and ends like one, and holds no debris.
fn form(document: &Document<'_>, at: usize) -> (bool, bool) {
    let sentence = &document.sentences[at];
    let content = sentence.span.of(&document.text);
    let closing = |c: char| matches!(c, '"' | '”' | '“' | '\'' | '’' | '‘' | ')' | ']' | '»');
    let ends = content.trim_end_matches(closing).ends_with(['.', '!', '?', '。', '！', '？']);
    let begins = content.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| !c.is_lowercase());
    let is_debris = |word: &str, classes: Class| {
        let mut chars = word.chars();
        word.contains('\u{fffd}')
            || chars.next().is_some_and(char::is_lowercase) && chars.next().is_none() && !classes.any(Class::STOP)
    };
    let clean = !document
        .tokens_of(sentence)
        .iter()
        .filter(|token| token.shape.is(Shape::WORD))
        .any(|token| is_debris(token.span.of(&document.text), document.vocabulary.word(token.word).classes));
    (begins && ends, clean)
}
