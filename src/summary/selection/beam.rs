//! The best of many sets, for short summaries: a beam search over sets of the most salient sentences.

use std::{cmp::Ordering, ops::Range};

use super::{Aim, Choice, Size};
use crate::summary::{salience::REFERENCE_WORDS, similarity::is_repeat, term::to_f32};

/// How many sets of each size are carried on where so many sentences are wanted.
const WIDTH: usize = 4;

/// How many are where a budget on length is to be used: what fills it best is seldom what begins best.
const WIDTH_BY_LENGTH: usize = 12;

/// The most candidates; each is a bit of a set.
const MAX_CANDIDATES: usize = 48;

/// The root of a usual sentence's number of words: what a dangling one costs is the same for a short one.
const USUAL_ROOT: f32 = 4.5;

/// What a shorter sentence counts for: one too short to say much is no bargain.
const LEAST_WORDS: u32 = 12;

/// A set of candidates.
#[derive(Clone, Copy)]
struct Set {
    members: u64,
    size: Size,
    /// The sum of the members' values, each times the root of its number of words.
    value: f32,
    /// How many words they have.
    words: f32,
    /// The sum of the chances of the terms they have.
    chances: f32,
    /// How many members point back to a sentence that is no member.
    dangling: u32,
    /// The sum of the squares of what the members have of the query: one that has all of it is more than two with half.
    about: f32,
    /// How good it is: what the values come to, and what the terms add for their number of words.
    score: f32,
}

/// The set the search begins with.
const NOTHING: Set = Set {
    members: 0,
    size: Size::ZERO,
    value: 0.0,
    words: 0.0,
    chances: 0.0,
    dangling: 0,
    about: 0.0,
    score: f32::MIN,
};

/// A sentence that may join a set.
struct Candidate {
    sentence: usize,
    /// As a bit of a set.
    bit: u64,
    size: Size,
    /// The candidates that say the same.
    repeats: u64,
    /// The one it points back to; itself for none.
    need: usize,
    /// The same, as a bit.
    need_bit: u64,
    /// The one that points back to it, as a bit.
    needed_by: u64,
    /// It points back, be it to no candidate.
    points_back: bool,
    /// The one it points back to, where it may be chosen without it; itself, as a bit.
    free: u64,
    /// How many words it has, at least [`LEAST_WORDS`].
    words: f32,
    /// What it is worth by itself, times the root of that: a long sentence says more, but less for its length.
    value: f32,
    /// What it adds to how far a set is about the query, where length is what counts.
    about: f32,
    /// Its terms: a range of all.
    terms: Range<usize>,
    /// The sum of their chances.
    chances: f32,
}

impl Candidate {
    /// Whether what it points back to is in the set, or may be missing.
    fn may_join(&self, set: &Set) -> bool {
        (set.members | self.free) & self.need_bit != 0
    }
}

/// What the search needs to know of each candidate.
struct Candidates<'a> {
    choice: &'a Choice<'a>,
    /// What each member costs that points back to a sentence that is no member.
    dangling_cost: f32,
    all: Vec<Candidate>,
    /// The terms of all, one after the other: which candidates have it, and its chance.
    terms: Vec<(u64, f32)>,
}

/// Searches for the best set; answers its sentences in reading order.
pub(super) fn search(choice: &Choice<'_>) -> Vec<usize> {
    let candidates = Candidates::gather(choice);
    let members = best(&candidates).map_or(0, |set| set.members);
    let chosen = candidates.all.iter().filter(|candidate| members & candidate.bit != 0);
    let mut chosen: Vec<usize> = chosen.map(|candidate| candidate.sentence).collect();
    chosen.sort_unstable();
    chosen
}

/// The best of the sets that the beam comes by.
fn best(candidates: &Candidates<'_>) -> Option<Set> {
    let mut best: Option<Set> = None;
    let width = if candidates.choice.aim == Aim::Sentences { WIDTH } else { WIDTH_BY_LENGTH };
    let mut level = vec![NOTHING];
    let mut next = Vec::with_capacity(width + 1);
    // A sentence that needs the one before it joins with it: such sets wait for their level.
    let mut pairs: Vec<Set> = Vec::with_capacity(width + 1);
    while !level.is_empty() || !pairs.is_empty() {
        next.clear();
        next.append(&mut pairs);
        for set in level.iter().filter(|set| set.size.sentences < candidates.choice.limit.sentences) {
            for candidate in &candidates.all {
                let Some(joined) = candidates.outline(set, candidate) else { continue };
                if candidate.may_join(set) {
                    let most = candidates.most(&joined, set.chances + candidate.chances);
                    if has_place(&next, joined.members, most, width) {
                        insert(&mut next, candidates.cover(set, joined, candidate), width);
                    }
                }
                if (set.members | candidate.bit) & candidate.need_bit != 0 {
                    continue;
                }
                let need = &candidates.all[candidate.need];
                if need.may_join(set)
                    && let Some(pair) = candidates.outline(&joined, need)
                {
                    let most = candidates.most(&pair, set.chances + candidate.chances + need.chances);
                    if has_place(&pairs, pair.members, most, width) {
                        let joined = candidates.cover(set, joined, candidate);
                        insert(&mut pairs, candidates.cover(&joined, pair, need), width);
                    }
                }
            }
        }
        for set in &next {
            if best.is_none_or(|best| candidates.compare(set, &best).is_gt()) {
                best = Some(*set);
            }
        }
        std::mem::swap(&mut level, &mut next);
    }
    best
}

/// Whether a set of such members and such a score is among the best, and new.
fn has_place(sets: &[Set], members: u64, score: f32, width: usize) -> bool {
    let is_beaten = sets.len() == width && sets[width - 1].score >= score;
    !is_beaten && sets.iter().all(|set| set.members != members)
}

/// Keeps the best sets, each once; of equals the one found first.
fn insert(sets: &mut Vec<Set>, set: Set, width: usize) {
    if !has_place(sets, set.members, set.score, width) {
        return;
    }
    let at = sets.partition_point(|s| s.score >= set.score);
    sets.insert(at, set);
    sets.truncate(width);
}

impl<'a> Candidates<'a> {
    fn gather(choice: &'a Choice<'a>) -> Self {
        let sentences = most_salient(choice);
        let holders = holders(choice, &sentences);
        let mut all: Vec<Candidate> = Vec::with_capacity(sentences.len());
        for (at, (&sentence, repeats)) in sentences.iter().zip(repeats(choice, &sentences, &holders)).enumerate() {
            let need = match choice.needs(sentence) {
                Ok(Some(need)) => sentences.iter().position(|&s| s == need).unwrap_or(at),
                _ => at,
            };
            let words = to_f32(choice.terms.sentences[sentence].word_count.max(LEAST_WORDS) as usize);
            all.push(Candidate {
                sentence,
                bit: 1 << at,
                size: choice.sizes[sentence],
                repeats,
                need,
                need_bit: 1 << need,
                needed_by: 0,
                points_back: choice.points_back(sentence).is_some(),
                free: 1 << at | if choice.may_dangle(sentence) { 1 << need } else { 0 },
                words,
                value: choice.salience.values[sentence] * words.sqrt(),
                about: choice.about(sentence),
                terms: 0..0,
                chances: 0.0,
            });
        }
        for at in 0..all.len() {
            let need = all[at].need;
            all[need].needed_by |= if need == at { 0 } else { 1 << at };
        }
        let dangling_cost = choice.salience.dangling_cost.unwrap_or_default() * USUAL_ROOT;
        let mut candidates = Self { choice, dangling_cost, all, terms: Vec::new() };
        if choice.salience.coverage != 0.0 {
            candidates.index_terms(&holders);
        }
        candidates
    }

    /// Notes the terms of all, and which candidates have each.
    fn index_terms(&mut self, holders: &[u64]) {
        let count = self.all.iter().map(|candidate| self.choice.terms.of(candidate.sentence).len()).sum();
        self.terms.reserve(count);
        for candidate in &mut self.all {
            let begin = self.terms.len();
            let chances = &self.choice.salience.chances;
            let terms = self.choice.terms.of(candidate.sentence).iter().map(|entry| entry.term as usize);
            self.terms.extend(terms.map(|term| (holders[term], chances[term])));
            candidate.terms = begin..self.terms.len();
            candidate.chances = self.terms[begin..].iter().map(|&(_, chance)| chance).sum();
        }
    }

    /// Which of two sets is the better summary: the fuller one and the more about the query, then the more salient one.
    fn compare(&self, one: &Set, other: &Set) -> Ordering {
        let rank = |set: &Set| self.choice.fill(set.size) + set.about;
        rank(one).total_cmp(&rank(other)).then(one.score.total_cmp(&other.score))
    }

    /// The set with one candidate more, if there is room for it and none says the same; without what its terms are worth.
    #[inline]
    fn outline(&self, set: &Set, candidate: &Candidate) -> Option<Set> {
        let size = set.size.plus(candidate.size);
        if set.members & (candidate.bit | candidate.repeats) != 0 || !size.fits(self.choice.limit) {
            return None;
        }
        let value = set.value + candidate.value;
        let words = set.words + candidate.words;
        let stands_alone = set.members & candidate.need_bit == 0;
        let dangling = set.dangling + u32::from(candidate.points_back && stands_alone)
            - u32::from(candidate.needed_by & set.members != 0);
        // Of so many sentences a mean of the values; where length is what counts, one that grows with their number as well.
        let count =
            if self.choice.aim == Aim::Sentences { to_f32(usize::try_from(size.sentences).unwrap_or(1)) } else { 1.0 };
        let cost = self.dangling_cost * to_f32(dangling as usize);
        let score = (value - cost) / (count * words).sqrt();
        let about = set.about + candidate.about;
        let members = set.members | candidate.bit;
        Some(Set { members, size, value, words, chances: 0.0, dangling, about, score })
    }

    /// Adds to the outline of a set with one candidate more what the terms of all are worth.
    #[inline]
    fn cover(&self, set: &Set, mut joined: Set, candidate: &Candidate) -> Set {
        if self.choice.salience.coverage != 0.0 {
            joined.chances = set.chances;
            for &(holders, chance) in &self.terms[candidate.terms.clone()] {
                joined.chances += f32::from(u8::from(holders & set.members == 0)) * chance;
            }
            joined.score += self.coverage(joined.chances, joined.words);
        }
        joined
    }

    /// The most that the score of an outlined set may come to: `chances` are those of its terms, shared ones counted twice.
    #[inline]
    fn most(&self, outline: &Set, chances: f32) -> f32 {
        // A little more, for sums are rounded.
        outline.score + self.coverage(chances * 1.001, outline.words).max(0.0)
    }

    /// What such a sum of chances adds to the score of a set of so many words.
    fn coverage(&self, chances: f32, words: f32) -> f32 {
        self.choice.salience.coverage * chances / (words + REFERENCE_WORDS)
    }
}

/// Of each term, which candidates have it.
fn holders(choice: &Choice<'_>, sentences: &[usize]) -> Vec<u64> {
    let mut holders = vec![0u64; choice.terms.statistics.len()];
    for (candidate, &sentence) in sentences.iter().enumerate() {
        for entry in choice.terms.of(sentence) {
            holders[entry.term as usize] |= 1 << candidate;
        }
    }
    holders
}

/// Of each candidate, which others say the same.
fn repeats(choice: &Choice<'_>, sentences: &[usize], holders: &[u64]) -> Vec<u64> {
    let mut repeats = vec![0u64; sentences.len()];
    let mut shared = [0usize; MAX_CANDIDATES];
    for (a, &sentence) in sentences.iter().enumerate() {
        let terms = choice.terms.of(sentence);
        let mut alike = 0;
        for entry in terms {
            let before = holders[entry.term as usize] & ((1 << a) - 1);
            alike |= before;
            each_bit(before, |b| shared[b] += 1);
        }
        each_bit(alike, |b| {
            if is_repeat(std::mem::take(&mut shared[b]), terms.len(), choice.terms.of(sentences[b]).len()) {
                repeats[a] |= 1 << b;
                repeats[b] |= 1 << a;
            }
        });
    }
    repeats
}

fn each_bit(mut bits: u64, mut act: impl FnMut(usize)) {
    while bits != 0 {
        act(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

/// The most salient sentences that fit by themselves, with those they need.
fn most_salient(choice: &Choice<'_>) -> Vec<usize> {
    let fits = |sentence: usize| match choice.needs(sentence) {
        _ if choice.may_dangle(sentence) => choice.sizes[sentence].fits(choice.limit),
        Ok(None) => choice.sizes[sentence].fits(choice.limit),
        Ok(Some(need)) => choice.sizes[sentence].plus(choice.sizes[need]).fits(choice.limit),
        Err(()) => false,
    };
    let mut sentences = Vec::with_capacity(choice.sizes.len());
    sentences.extend((0..choice.sizes.len()).filter(|&s| choice.admits(s) && fits(s)));
    let wanted = usize::try_from(3 * super::expected_count(choice)).unwrap_or(usize::MAX).saturating_add(6);
    let wanted = wanted.min(MAX_CANDIDATES * 2 / 3);
    let more_salient = |&a: &usize, &b: &usize| choice.scaled[b].total_cmp(&choice.scaled[a]).then(a.cmp(&b));
    if sentences.len() > wanted {
        sentences.select_nth_unstable_by(wanted, more_salient);
        sentences.truncate(wanted);
    }
    sentences.sort_unstable_by(more_salient);
    let mut at = 0;
    while at < sentences.len() && sentences.len() < MAX_CANDIDATES {
        if let Ok(Some(need)) = choice.needs(sentences[at])
            && !sentences.contains(&need)
        {
            sentences.push(need);
        }
        at += 1;
    }
    sentences.retain({
        let all = sentences.clone();
        move |&sentence| {
            choice.may_dangle(sentence)
                || choice.needs(sentence).is_ok_and(|need| need.is_none_or(|need| all.contains(&need)))
        }
    });
    sentences
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use crate::{
        cancel::Cancel,
        document::{Document, ReadOptions},
        summary::{Budget, Centrality, salience::Salience, selection, term::Terms},
    };

    const TALE: &str = "The harbour wall of Saltmere held through the night, the engineer of the town said on Monday. But the sea \
        took the road behind it. Forty families left their houses before midnight. They slept in the school of Saltmere, where \
        volunteers brought soup and dry clothes. The council met at dawn. It set aside two million for repairs of the wall, a sum \
        that three members of the council called too small. The storm was the worst since 1953, when the old wall broke in two \
        places. Engineers measure the cracks in the wall on Thursday. The school stays closed until then. Buses run.";

    /// The best set of all there are.
    fn best_of_all(candidates: &Candidates<'_>) -> Option<Set> {
        let count = candidates.all.len();
        let sets = (1u64..1 << count).filter_map(|members| {
            let mut set = NOTHING;
            let mut order: Vec<usize> = (0..count).filter(|at| members & 1 << at != 0).collect();
            order.sort_by_key(|&at| candidates.all[at].sentence);
            for candidate in order {
                let candidate = &candidates.all[candidate];
                let with = candidates.cover(&set, candidates.outline(&set, candidate)?, candidate);
                set = candidate.may_join(&set).then_some(with)?;
            }
            Some(set)
        });
        sets.max_by(|one, other| candidates.compare(one, other))
    }

    #[test]
    fn finds_the_best_set_of_all() {
        let options = ReadOptions { language_code: "en", ..ReadOptions::default() };
        let document = Document::parse(TALE, options, Cancel::NEVER).unwrap();
        let terms = Terms::count(&document, Cancel::NEVER).unwrap();
        let (mut exact, mut all) = (0, 0);
        for centrality in [Centrality::Learned, Centrality::LexRank, Centrality::Directed] {
            let mut salience = Salience::measure(&terms, centrality, false, &[], Cancel::NEVER).unwrap();
            let scaled = salience.scale(|sentence| terms.sentences[sentence].is_whole);
            let budgets = (1..6)
                .map(|count| Budget { max_sentence_count: Some(count), ..Budget::default() })
                .chain((15..110).map(|count| Budget { max_word_count: Some(count), ..Budget::default() }))
                .chain((80..700).step_by(7).map(|count| Budget { max_char_count: Some(count), ..Budget::default() }));
            for budget in budgets {
                let choice = selection::choice(&document, &terms, &salience, &scaled, budget);
                let candidates = Candidates::gather(&choice);
                let (Some(found), Some(of_all)) = (best(&candidates), best_of_all(&candidates)) else { continue };
                all += 1;
                let is_as_full = choice.fill(found.size) >= choice.fill(of_all.size) - 1e-4;
                exact += usize::from(is_as_full && found.score >= of_all.score - 1e-4);
            }
        }
        assert!(all > 500 && exact * 100 >= all * 98, "{exact} of {all}");
    }
}
