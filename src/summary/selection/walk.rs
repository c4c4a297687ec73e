//! One sentence after the other, the most salient first, for long summaries: linear in the text.

use super::{Choice, Size};
use crate::{
    cancel::{Cancel, Cancelled},
    summary::similarity::says_the_same,
};

/// At most so many chosen sentences that share a term are compared for its sake.
const WINDOW: usize = 8;

/// Walks down the sentences by salience and takes what fits; answers them in reading order.
pub(super) fn walk(choice: &Choice<'_>, cancel: Cancel<'_>) -> Result<Vec<usize>, Cancelled> {
    let mut order: Vec<usize> = (0..choice.sizes.len()).filter(|&sentence| choice.admits(sentence)).collect();
    order.sort_unstable_by(|&a, &b| choice.scaled[b].total_cmp(&choice.scaled[a]).then(a.cmp(&b)));
    let mut taken = Taken {
        choice,
        size: Size::default(),
        holds: vec![false; choice.sizes.len()],
        recent: vec![[u32::MAX; WINDOW]; if order.len() > 1 { choice.terms.statistics.len() } else { 0 }],
    };
    for (step, &sentence) in order.iter().enumerate() {
        if step % 1024 == 0 {
            cancel.check()?;
        }
        if taken.holds[sentence] {
            continue;
        }
        match choice.needs(sentence) {
            Ok(Some(need)) if !taken.holds[need] => {
                let is_ready = choice.needs(need).is_ok_and(|n| n.is_none_or(|n| taken.holds[n]));
                let both = taken.size.plus(choice.sizes[sentence]).plus(choice.sizes[need]);
                if is_ready && both.fits(choice.limit) && taken.take(need) {
                    taken.take(sentence);
                }
            }
            Ok(_) => {
                taken.take(sentence);
            }
            Err(()) => {}
        }
    }
    Ok((0..choice.sizes.len()).filter(|&sentence| taken.holds[sentence]).collect())
}

struct Taken<'a> {
    choice: &'a Choice<'a>,
    size: Size,
    holds: Vec<bool>,
    /// For each term the last taken sentences that have it.
    recent: Vec<[u32; WINDOW]>,
}

impl Taken<'_> {
    /// Takes a sentence if it fits and says something new.
    fn take(&mut self, sentence: usize) -> bool {
        let size = self.size.plus(self.choice.sizes[sentence]);
        if !size.fits(self.choice.limit) || self.is_repeat(sentence) {
            return false;
        }
        self.size = size;
        self.holds[sentence] = true;
        for entry in self.choice.terms.of(sentence) {
            if let Some(recent) = self.recent.get_mut(entry.term as usize) {
                recent.rotate_right(1);
                recent[0] = u32::try_from(sentence).unwrap_or(u32::MAX);
            }
        }
        true
    }

    fn is_repeat(&self, sentence: usize) -> bool {
        let mut counts = [(u32::MAX, 0usize); 64];
        let terms = self.choice.terms.of(sentence);
        for entry in terms {
            for &other in self.recent.get(entry.term as usize).into_iter().flatten() {
                if other == u32::MAX {
                    break;
                }
                let slot = &mut counts[other as usize % 64];
                if slot.0 == other {
                    slot.1 += 1;
                } else {
                    *slot = (other, 1);
                }
                if slot.1 * 2 > terms.len().min(self.choice.terms.of(other as usize).len())
                    && says_the_same(self.choice.terms, sentence, other as usize)
                {
                    return true;
                }
            }
        }
        false
    }
}
