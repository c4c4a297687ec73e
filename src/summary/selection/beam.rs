//! The best of many sets, for short summaries: a beam search over sets of the most salient sentences.

use super::{Choice, Size};
use crate::summary::{salience::REFERENCE_WORDS, similarity::is_repeat, term::to_f32};

/// How many sets of each size are carried on.
const WIDTH: usize = 4;

/// The most candidates; each is a bit of a set.
const MAX_CANDIDATES: usize = 48;

/// A set of candidates.
#[derive(Clone, Copy)]
struct Set {
    members: u64,
    size: Size,
    /// The sum of the members' values.
    value: f32,
    /// The sum of the chances of the terms they have.
    chances: f32,
    /// How many members point back to a sentence that is no member.
    dangling: u32,
    /// How good it is: the mean of the values, and what the terms add for their number of words.
    score: f32,
}

/// What the search needs to know of each candidate, by flat arrays.
struct Candidates<'a> {
    choice: &'a Choice<'a>,
    sentences: Vec<usize>,
    /// The candidates that say the same.
    repeats: Vec<u64>,
    /// The one it points back to; itself for none.
    needs: Vec<usize>,
    /// The one that points back to it, as a bit.
    needed_by: Vec<u64>,
    /// Those that point back, be it to no candidate.
    points_back: u64,
    /// Those of them that may be chosen without the one they point back to, at a cost.
    may_dangle: u64,
    /// What it is worth by itself.
    values: Vec<f32>,
    /// The terms of all, one after the other: which candidates have it, and its chance.
    terms: Vec<(u64, f32)>,
    begins: Vec<usize>,
}

/// Searches for the best set; answers its sentences in reading order.
pub(super) fn search(choice: &Choice<'_>) -> Vec<usize> {
    let candidates = Candidates::gather(choice);
    let mut best: Option<Set> = None;
    let mut level =
        vec![Set { members: 0, size: Size::default(), value: 0.0, chances: 0.0, dangling: 0, score: f32::MIN }];
    // A sentence that needs the one before it joins with it: such sets wait for their level.
    let mut pairs: Vec<Set> = Vec::new();
    while !level.is_empty() || !pairs.is_empty() {
        let mut next = std::mem::take(&mut pairs);
        for set in &level {
            for candidate in 0..candidates.sentences.len() {
                let Some(with) = candidates.add(set, candidate) else { continue };
                if candidates.may_join(set, candidate) {
                    insert(&mut next, with);
                }
                let need = candidates.needs[candidate];
                if set.members & 1 << need == 0
                    && need != candidate
                    && candidates.may_join(set, need)
                    && let Some(pair) = candidates.add(&with, need)
                {
                    insert(&mut pairs, pair);
                }
            }
        }
        for set in &next {
            let is_better = best.is_none_or(|best| {
                let (fill, best_fill) = (choice.fill(set.size), choice.fill(best.size));
                fill.total_cmp(&best_fill).then(set.score.total_cmp(&best.score)).is_gt()
            });
            if is_better {
                best = Some(*set);
            }
        }
        level = next;
    }
    let members = best.map_or(0, |set| set.members);
    let mut chosen: Vec<usize> = candidates
        .sentences
        .iter()
        .enumerate()
        .filter(|&(candidate, _)| members & 1 << candidate != 0)
        .map(|(_, &sentence)| sentence)
        .collect();
    chosen.sort_unstable();
    chosen
}

/// Keeps the best sets, each once; of equals the one found first.
fn insert(sets: &mut Vec<Set>, set: Set) {
    if sets.len() == WIDTH && sets[WIDTH - 1].score >= set.score || sets.iter().any(|s| s.members == set.members) {
        return;
    }
    let at = sets.partition_point(|s| s.score >= set.score);
    sets.insert(at, set);
    sets.truncate(WIDTH);
}

impl<'a> Candidates<'a> {
    fn gather(choice: &'a Choice<'a>) -> Self {
        let sentences = most_salient(choice);
        let holders = holders(choice, &sentences);
        let repeats = repeats(choice, &sentences, &holders);
        let needs: Vec<usize> = sentences
            .iter()
            .enumerate()
            .map(|(candidate, &sentence)| match choice.needs(sentence) {
                Ok(Some(need)) => sentences.iter().position(|&s| s == need).unwrap_or(candidate),
                _ => candidate,
            })
            .collect();
        let mut needed_by = vec![0; sentences.len()];
        for (candidate, &need) in needs.iter().enumerate() {
            needed_by[need] |= if need == candidate { 0 } else { 1 << candidate };
        }
        let those = |are: &dyn Fn(usize) -> bool| {
            sentences.iter().enumerate().fold(0, |those, (at, &s)| those | u64::from(are(s)) << at)
        };
        let mut candidates = Self {
            choice,
            repeats,
            needs,
            needed_by,
            points_back: those(&|sentence| choice.points_back(sentence).is_some()),
            may_dangle: those(&|sentence| choice.may_dangle(sentence)),
            values: sentences.iter().map(|&sentence| choice.salience.values[sentence]).collect(),
            sentences,
            terms: Vec::new(),
            begins: vec![0],
        };
        if choice.salience.coverage != 0.0 {
            candidates.index_terms(&holders);
        }
        candidates
    }

    /// Notes the terms of all, and which candidates have each.
    fn index_terms(&mut self, holders: &[u64]) {
        let count = self.sentences.iter().map(|&sentence| self.choice.terms.of(sentence).len()).sum();
        self.terms.reserve(count);
        for &sentence in &self.sentences {
            for entry in self.choice.terms.of(sentence) {
                self.terms.push((holders[entry.term as usize], self.choice.salience.chances[entry.term as usize]));
            }
            self.begins.push(self.terms.len());
        }
    }

    /// Whether what a candidate points back to is there, or may be missing.
    fn may_join(&self, set: &Set, candidate: usize) -> bool {
        let need = self.needs[candidate];
        need == candidate || (set.members >> need | self.may_dangle >> candidate) & 1 != 0
    }

    /// The set with one candidate more, if there is room for it and none says the same.
    fn add(&self, set: &Set, candidate: usize) -> Option<Set> {
        let bit = 1u64 << candidate;
        let size = set.size.plus(self.choice.sizes[self.sentences[candidate]]);
        if set.members & (bit | self.repeats[candidate]) != 0 || !size.fits(self.choice.limit) {
            return None;
        }
        let mut chances = set.chances;
        let value = set.value + self.values[candidate];
        let count = |size: u64| to_f32(usize::try_from(size).unwrap_or(usize::MAX));
        let stands_alone = set.members & 1 << self.needs[candidate] == 0;
        let dangling = set.dangling + u32::from(self.points_back & bit != 0 && stands_alone)
            - u32::from(self.needed_by[candidate] & set.members != 0);
        let cost = self.choice.salience.dangling_cost.unwrap_or_default() * to_f32(dangling as usize);
        let mut score = (value - cost) / count(size.sentences);
        if self.choice.salience.coverage != 0.0 {
            for &(holders, chance) in &self.terms[self.begins[candidate]..self.begins[candidate + 1]] {
                chances += if holders & set.members == 0 { chance } else { 0.0 };
            }
            score += self.choice.salience.coverage * chances / (count(size.words) + REFERENCE_WORDS);
        }
        Some(Set { members: set.members | bit, size, value, chances, dangling, score })
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
    for (a, &sentence) in sentences.iter().enumerate() {
        let terms = choice.terms.of(sentence);
        let mut shared = [0usize; MAX_CANDIDATES];
        for entry in terms {
            let mut before = holders[entry.term as usize] & ((1 << a) - 1);
            while before != 0 {
                shared[before.trailing_zeros() as usize] += 1;
                before &= before - 1;
            }
        }
        for (b, &other) in sentences[..a].iter().enumerate() {
            if is_repeat(shared[b], terms.len(), choice.terms.of(other).len()) {
                repeats[a] |= 1 << b;
                repeats[b] |= 1 << a;
            }
        }
    }
    repeats
}

/// The most salient sentences that fit by themselves, with those they need.
fn most_salient(choice: &Choice<'_>) -> Vec<usize> {
    let fits = |sentence: usize| match choice.needs(sentence) {
        _ if choice.may_dangle(sentence) => choice.sizes[sentence].fits(choice.limit),
        Ok(None) => choice.sizes[sentence].fits(choice.limit),
        Ok(Some(need)) => choice.sizes[sentence].plus(choice.sizes[need]).fits(choice.limit),
        Err(()) => false,
    };
    let mut sentences: Vec<usize> = (0..choice.sizes.len()).filter(|&s| choice.admits(s) && fits(s)).collect();
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
