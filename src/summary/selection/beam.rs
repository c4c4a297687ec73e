//! The best of many sets, for short summaries: a beam search over sets of the most salient sentences.

use std::cmp::Ordering;

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
    /// How many words it has, at least [`LEAST_WORDS`].
    words: Vec<f32>,
    /// What it is worth by itself, times the root of that: a long sentence says more, but less for its length.
    values: Vec<f32>,
    /// What it adds to how far a set is about the query, where length is what counts.
    about: Vec<f32>,
    /// The terms of all, one after the other: which candidates have it, and its chance.
    terms: Vec<(u64, f32)>,
    begins: Vec<usize>,
}

/// Searches for the best set; answers its sentences in reading order.
pub(super) fn search(choice: &Choice<'_>) -> Vec<usize> {
    let candidates = Candidates::gather(choice);
    let members = best(&candidates).map_or(0, |set| set.members);
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

/// The best of the sets that the beam comes by.
fn best(candidates: &Candidates<'_>) -> Option<Set> {
    let mut best: Option<Set> = None;
    let width = if candidates.choice.aim == Aim::Sentences { WIDTH } else { WIDTH_BY_LENGTH };
    let mut level = vec![NOTHING];
    // A sentence that needs the one before it joins with it: such sets wait for their level.
    let mut pairs: Vec<Set> = Vec::new();
    while !level.is_empty() || !pairs.is_empty() {
        let mut next = std::mem::take(&mut pairs);
        for set in &level {
            for candidate in 0..candidates.sentences.len() {
                let Some(joined) = candidates.add(set, candidate) else { continue };
                if candidates.may_join(set, candidate) {
                    insert(&mut next, joined, width);
                }
                let need = candidates.needs[candidate];
                if set.members & 1 << need == 0
                    && need != candidate
                    && candidates.may_join(set, need)
                    && let Some(pair) = candidates.add(&joined, need)
                {
                    insert(&mut pairs, pair, width);
                }
            }
        }
        for set in &next {
            if best.is_none_or(|best| candidates.compare(set, &best).is_gt()) {
                best = Some(*set);
            }
        }
        level = next;
    }
    best
}

/// Keeps the best sets, each once; of equals the one found first.
fn insert(sets: &mut Vec<Set>, set: Set, width: usize) {
    if sets.len() == width && sets[width - 1].score >= set.score || sets.iter().any(|s| s.members == set.members) {
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
        let words: Vec<f32> =
            sentences.iter().map(|&s| to_f32(choice.terms.sentences[s].word_count.max(LEAST_WORDS) as usize)).collect();
        let roots: Vec<f32> = words.iter().map(|words| words.sqrt()).collect();
        let mut candidates = Self {
            choice,
            repeats,
            needs,
            needed_by,
            points_back: those(&|sentence| choice.points_back(sentence).is_some()),
            may_dangle: those(&|sentence| choice.may_dangle(sentence)),
            values: sentences.iter().zip(&roots).map(|(&s, root)| choice.salience.values[s] * root).collect(),
            words,
            about: sentences.iter().map(|&sentence| choice.about(sentence)).collect(),
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

    /// Which of two sets is the better summary: the fuller one and the more about the query, then the more salient one.
    fn compare(&self, one: &Set, other: &Set) -> Ordering {
        let rank = |set: &Set| self.choice.fill(set.size) + set.about;
        rank(one).total_cmp(&rank(other)).then(one.score.total_cmp(&other.score))
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
        let value = set.value + self.values[candidate];
        let words = set.words + self.words[candidate];
        let stands_alone = set.members & 1 << self.needs[candidate] == 0;
        let dangling = set.dangling + u32::from(self.points_back & bit != 0 && stands_alone)
            - u32::from(self.needed_by[candidate] & set.members != 0);
        // Of so many sentences a mean of the values; where length is what counts, one that grows with their number as well.
        let count =
            if self.choice.aim == Aim::Sentences { to_f32(usize::try_from(size.sentences).unwrap_or(1)) } else { 1.0 };
        let cost = self.choice.salience.dangling_cost.unwrap_or_default() * USUAL_ROOT * to_f32(dangling as usize);
        let mut score = (value - cost) / (count * words).sqrt();
        let mut chances = set.chances;
        if self.choice.salience.coverage != 0.0 {
            for &(holders, chance) in &self.terms[self.begins[candidate]..self.begins[candidate + 1]] {
                chances += if holders & set.members == 0 { chance } else { 0.0 };
            }
            score += self.choice.salience.coverage * chances / (words + REFERENCE_WORDS);
        }
        let about = set.about + self.about[candidate];
        Some(Set { members: set.members | bit, size, value, words, chances, dangling, about, score })
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
        let count = candidates.sentences.len();
        let sets = (1u64..1 << count).filter_map(|members| {
            let mut set = NOTHING;
            let mut order: Vec<usize> = (0..count).filter(|at| members & 1 << at != 0).collect();
            order.sort_by_key(|&at| candidates.sentences[at]);
            for candidate in order {
                let with = candidates.add(&set, candidate)?;
                set = candidates.may_join(&set, candidate).then_some(with)?;
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
