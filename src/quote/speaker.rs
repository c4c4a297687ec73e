//! Who is named: the names of one person or body brought together, with what the text says of who that is.
//!
//! Names meet by their last words, as newsrooms use them: the full name once, the last name from then on.

mod namesakes;

use std::{collections::BTreeMap, ops::Range};

use namesakes::Namesakes;

use super::{
    mention::{Kind, Mention},
    words::Words,
};
use crate::{
    cancel::{Cancel, Cancelled},
    text::{Class, token::Shape, vocabulary::WordId},
};

/// How many mentions back a description may point.
const MAX_BACK: usize = 64;
/// How many descriptions of one entity are kept.
const MAX_DESCRIPTIONS: usize = 8;
/// The least share of its words, in percent, that a description has in common with an earlier one of the same person.
const MIN_SHARED: usize = 25;
/// The most tokens that say who somebody is.
const MAX_DESCRIPTION: usize = 16;

/// A person or body that the document speaks of.
#[derive(Clone, Debug)]
pub struct Entity {
    /// The tokens of the fullest name; of the first description, where there is none.
    pub name: Range<usize>,
    /// Whether it has a name.
    pub is_named: bool,
    /// What the text says of who it is, in reading order.
    pub descriptions: Vec<Range<usize>>,
    /// The sex, where it shows.
    pub gender: Option<Gender>,
    /// It has a title, a first name, or is called he or she: no body.
    pub is_person: bool,
    /// A verb of speech stands right behind it somewhere.
    pub speaks: bool,
}

/// A person's sex, as words tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// A man or boy.
    Male,
    /// A woman or girl.
    Female,
}

/// Whom each mention names.
#[derive(Debug, Default)]
pub struct Entities {
    /// In the order of their first full names.
    pub entities: Vec<Entity>,
    /// The entity of each mention that names or describes one.
    pub of_mention: Vec<Option<usize>>,
}

/// Brings together the names of a document.
///
/// # Errors
///
/// [`Cancelled`] when `cancel` says so.
pub fn entities(words: &Words, mentions: &[Mention], cancel: Cancel<'_>) -> Result<Entities, Cancelled> {
    let mut all = Entities { entities: Vec::new(), of_mention: vec![None; mentions.len()] };
    let (mut by_last, mut by_first) = (Namesakes::new(words), Namesakes::new(words));
    let mut names: Vec<Name> = Vec::with_capacity(mentions.len());
    names.extend(mentions.iter().enumerate().filter_map(|(at, mention)| Name::of(words, at, mention)));
    all.entities.reserve(names.len());
    // The headline's last: its names run into its other capitalised words.
    for (headline, full) in [(false, true), (true, true), (false, false), (true, false)] {
        for name in names.iter().filter(|name| name.is_full == full && name.is_headline == headline) {
            cancel.check()?;
            let Name { at, first, last, .. } = *name;
            let mention = &mentions[at];
            let before = |namesakes: &Namesakes, word: WordId| {
                let mut ids = namesakes.of(word);
                if full {
                    return ids.find(|&id| agrees(words, &all.entities[id], mention));
                }
                let stands_before = |id: &usize| all.entities[*id].name.start < mention.core.start;
                ids.clone().find(stands_before).or_else(|| ids.last())
            };
            let known = before(&by_last, last).or_else(|| if full { None } else { before(&by_first, last) });
            let id = known.unwrap_or_else(|| {
                all.entities.push(Entity::new(mention.core.clone(), true));
                let id = all.entities.len() - 1;
                by_last.push(last, id);
                if full && !headline {
                    by_first.push(first, id);
                }
                id
            });
            all.of_mention[at] = Some(id);
            all.entities[id].meet(words, mention, headline && known.is_some());
            if full && let Some(short) = acronym(words, mention) {
                by_last.push(short, id);
            }
        }
    }
    described(words, mentions, &mut all, cancel)?;
    Ok(all)
}

/// A mention that is a name.
struct Name {
    /// Its place among the mentions.
    at: usize,
    /// It has several words; a surname of two parts, hyphened, is no full name.
    is_full: bool,
    is_headline: bool,
    /// Its first word and its last.
    first: WordId,
    last: WordId,
}

impl Name {
    fn of(words: &Words, at: usize, mention: &Mention) -> Option<Self> {
        if mention.kind != Kind::Name {
            return None;
        }
        let mut of_name = name_words(words, mention);
        let first = of_name.next()?;
        let (mut last, mut is_full) = (first, false);
        for word in of_name {
            is_full |= words.is(word, Shape::AFTER_SPACE);
            last = word;
        }
        let is_headline = words.is_headline(mention.tokens.start);
        Some(Self { at, is_full, is_headline, first: words.token(first).word, last: words.token(last).word })
    }
}

/// Leads descriptions back to whom they describe: by apposition, or by the words that said before who somebody is.
/// One that describes nobody who is named stands for a person of its own.
fn described(words: &Words, mentions: &[Mention], all: &mut Entities, cancel: Cancel<'_>) -> Result<(), Cancelled> {
    let mut unnamed: BTreeMap<u32, usize> = BTreeMap::new();
    let nominals = mentions.iter().enumerate().filter(|(_, mention)| mention.kind == Kind::Nominal);
    for (at, nominal) in nominals.clone() {
        if let Some(id) = beside(words, mentions, at).and_then(|name| all.of_mention[name]) {
            all.of_mention[at] = Some(id);
            all.entities[id].describe(words, nominal.tokens.clone());
        }
    }
    let known = Known::of(words, all);
    for (at, nominal) in nominals {
        cancel.check()?;
        let stands_alone = nominal.tokens.start == nominal.core.start;
        if all.of_mention[at].is_none() {
            all.of_mention[at] = all.aged(words, mentions, at).or_else(|| all.body_called(words, mentions, at, &known));
        }
        if all.of_mention[at].is_some() || stands_alone || !is_one_person(words, nominal) {
            continue;
        }
        let head = words.print(nominal.core.end - 1);
        let is_definite = matches!(words.text(nominal.tokens.start), "the" | "The" | "this" | "This");
        let id = is_definite.then(|| all.described_by(words, mentions, at, &known)).flatten();
        let id = id.or_else(|| unnamed.get(&head).copied().filter(|_| !is_indefinite(words, nominal)));
        let id = id.unwrap_or_else(|| {
            let mut entity = Entity::new(nominal.tokens.clone(), false);
            entity.describe(words, nominal.tokens.clone());
            all.entities.push(entity);
            unnamed.insert(head, all.entities.len() - 1);
            all.entities.len() - 1
        });
        all.of_mention[at] = Some(id);
    }
    Ok(())
}

/// The name that stands beside a description: "The prime minister, Agneta Borg,", "Pompeo is the top diplomat".
fn beside(words: &Words, mentions: &[Mention], at: usize) -> Option<usize> {
    let nominal = &mentions[at];
    let end = nominal.tokens.end;
    if let Some(next) = mentions.get(at + 1).filter(|next| next.kind == Kind::Name)
        && next.tokens.start == end + 1
        && words.text(end) == ","
    {
        let behind = next.tokens.end;
        let is_closed = behind >= words.len()
            || words.sentence_of[behind] != words.sentence_of[end]
            || matches!(words.text(behind), "," | "." | ";" | ":" | "–" | "—" | ")");
        return is_closed.then_some(at + 1);
    }
    let last = at.checked_sub(1)?;
    let before = &mentions[last];
    let is = before.tokens.end;
    let names = before.kind == Kind::Name
        && is + 1 == nominal.tokens.start
        && matches!(words.text(is), "is" | "was")
        && words.on(is + 1, Class::DETERMINER);
    names.then_some(last)
}

/// Whether a description is of one person, not of several or of a body.
fn is_one_person(words: &Words, nominal: &Mention) -> bool {
    let head = nominal.core.end - 1;
    let text = words.text(head);
    let is_plural = text.ends_with('s') && !text.ends_with("ss")
        || text.ends_with("men")
        || matches!(words.text(nominal.tokens.start), "two" | "some" | "many" | "these" | "those" | "all" | "several")
        || matches!(text, "people" | "others" | "many" | "some" | "those" | "most" | "audience" | "crowd" | "couple");
    words.on(head, Class::ROLE.or(Class::MALE).or(Class::FEMALE)) && !words.on(head, Class::BODY) && !is_plural
}

fn is_indefinite(words: &Words, nominal: &Mention) -> bool {
    matches!(words.text(nominal.tokens.start), "a" | "an" | "A" | "An" | "another" | "Another" | "one" | "One")
}

impl Entities {
    /// Who was named before the mention `at` and is described by its words: the head, and the names in it.
    fn described_by(&self, words: &Words, mentions: &[Mention], at: usize, known: &Known) -> Option<usize> {
        let nominal = &mentions[at];
        let described = known.described_as(words, nominal.core.end - 1);
        if described.is_empty() {
            return None;
        }
        let head = words.print(nominal.core.end - 1);
        let is_content =
            |at: usize| words.is(at, Shape::WORD) && !words.on(at, Class::DETERMINER.or(Class::PREPOSITION));
        let wanted = || nominal.tokens.clone().filter(|&at| is_content(at)).map(|at| words.print(at));
        let share = |range: &Range<usize>| -> usize {
            let holds = |print: u32| range.clone().any(|at| words.print(at) == print);
            if !holds(head) {
                return 0;
            }
            let of = range.clone().filter(|&at| is_content(at)).count();
            let both = wanted().filter(|&print| holds(print)).count();
            100 * both / (of + wanted().count() - both).max(1)
        };
        let mut best: Option<(usize, usize)> = None;
        let is_described = |id: &usize| described.binary_search_by_key(id, |&(_, id)| id).is_ok();
        let before = self.of_mention[..at].iter().rev().take(MAX_BACK);
        for id in before.filter_map(|id| id.filter(is_described)) {
            let shared = self.entities[id].descriptions.iter().map(share).max().unwrap_or_default();
            if shared >= MIN_SHARED && best.is_none_or(|(_, most)| shared > most) {
                best = Some((id, shared));
            }
        }
        best.map(|(id, _)| id)
    }
}

/// The words of those who are named.
struct Known {
    /// Whether each word of the vocabulary stands in a name.
    names: Vec<bool>,
    /// The words by which the text says who somebody is, and who that is, in order.
    descriptions: Vec<(WordId, usize)>,
}

impl Known {
    fn of(words: &Words, all: &Entities) -> Self {
        let mut names = vec![false; words.document.vocabulary.word_count()];
        let mut descriptions = Vec::new();
        for (id, entity) in all.entities.iter().enumerate().filter(|(_, entity)| entity.is_named) {
            for at in entity.name.clone() {
                names[words.token(at).word as usize] = true;
            }
            descriptions.extend(entity.descriptions.iter().cloned().flatten().map(|at| (words.token(at).word, id)));
        }
        descriptions.sort_unstable();
        Self { names, descriptions }
    }

    /// Whether the token's word stands in a name.
    fn is_named(&self, words: &Words, at: usize) -> bool {
        self.names[words.token(at).word as usize]
    }

    /// Who is described by the token's word, in the order of the entities.
    fn described_as(&self, words: &Words, at: usize) -> &[(WordId, usize)] {
        let word = words.token(at).word;
        let first = self.descriptions.partition_point(|&(other, _)| other < word);
        let rest = &self.descriptions[first..];
        &rest[..rest.partition_point(|&(other, _)| other == word)]
    }
}

/// What companies and the like are called by, whatever their names are.
const BODIES: [&str; 12] = [
    "company",
    "firm",
    "group",
    "bank",
    "airline",
    "agency",
    "union",
    "club",
    "charity",
    "university",
    "hospital",
    "team",
];
/// How many sentences back such a word may point.
const MAX_BODY_SENTENCES: u32 = 2;

impl Entities {
    /// "the 71-year-old" behind "Lionel Marsh, 71,".
    fn aged(&self, words: &Words, mentions: &[Mention], at: usize) -> Option<usize> {
        let age = mentions[at].tokens.start + 1;
        let is_age = age + 2 < words.len() && words.is(age, Shape::NUMERIC) && words.text(age + 2) == "year";
        let before = if is_age { (0..at).rev().take(MAX_BACK) } else { (0..0).rev().take(0) };
        before.filter(|&before| mentions[before].kind == Kind::Name).find_map(|before| {
            let comma = mentions[before].tokens.end;
            let is_so_old = comma < age && words.text(comma) == "," && words.text(comma + 1) == words.text(age);
            self.of_mention[before].filter(|_| is_so_old)
        })
    }

    /// "the ministry" behind "the Ministry of Health", "the company" behind a sentence that opens with its name.
    fn body_called(&self, words: &Words, mentions: &[Mention], at: usize, known: &Known) -> Option<usize> {
        let nominal = &mentions[at];
        let head = nominal.core.end - 1;
        let is_bare = matches!(words.text(nominal.tokens.start), "the" | "The") && head == nominal.tokens.start + 1;
        if !is_bare || nominal.tokens.end != nominal.core.end || !words.on(head, Class::BODY) {
            return None;
        }
        let before = || {
            let before = (0..at).rev().take(MAX_BACK);
            before.filter_map(|before| Some((before, self.of_mention[before]?))).filter(|&(_, id)| {
                let entity = &self.entities[id];
                entity.is_named && !entity.is_person && entity.gender.is_none()
            })
        };
        let is_of_name = |id: usize| self.entities[id].name.clone().any(|word| words.print(word) == words.print(head));
        let apart = |mention: &Mention| words.sentence_of[head].saturating_sub(words.sentence_of[mention.tokens.start]);
        let opens = |mention: &Mention| {
            let opening = words.sentence_tokens(mention.tokens.start).start;
            mention.kind == Kind::Name && apart(mention) > 0 && mention.tokens.start <= opening + 1
        };
        let named = if known.is_named(words, head) { before().find(|&(_, id)| is_of_name(id)) } else { None };
        let subject = || {
            let is_listed = BODIES.contains(&words.text(head));
            let near = || before().take_while(|&(before, _)| apart(&mentions[before]) <= MAX_BODY_SENTENCES);
            if is_listed { near().find(|&(before, _)| opens(&mentions[before])) } else { None }
        };
        named.or_else(subject).map(|(_, id)| id)
    }
}

/// The words of a name, without "Jr." and the like.
fn name_words<'w>(words: &'w Words, mention: &Mention) -> impl Iterator<Item = usize> + 'w {
    let is_suffix = |at: usize| {
        matches!(words.byte(at), b'J' | b'S' | b'I')
            && matches!(words.text(at), "Jr" | "Jr." | "Sr" | "Sr." | "II" | "III" | "IV")
    };
    let begin = mention.core.start;
    mention.core.clone().filter(move |&at| words.is(at, Shape::WORD) && !(at > begin && is_suffix(at)))
}

/// Whether a full name may be the entity's: the first words are the same, or one is the other's initial.
fn agrees(words: &Words, entity: &Entity, mention: &Mention) -> bool {
    let (a, b) = (words.text(entity.name.start), words.text(mention.core.start));
    let is_initial = |initial: &str, name: &str| {
        initial.trim_end_matches('.').chars().count() == 1 && initial.chars().next() == name.chars().next()
    };
    words.print(entity.name.start) == words.print(mention.core.start) || is_initial(a, b) || is_initial(b, a)
}

/// "World Health Organization (WHO)": the short name.
fn acronym(words: &Words, mention: &Mention) -> Option<WordId> {
    let at = mention.tokens.end;
    let is_short = at + 2 < words.len()
        && words.text(at) == "("
        && words.is(at + 1, Shape::ALL_CAPITALS)
        && words.text(at + 2) == ")";
    is_short.then(|| words.token(at + 1).word)
}

impl Entity {
    fn new(name: Range<usize>, is_named: bool) -> Self {
        Self { name, is_named, descriptions: Vec::new(), gender: None, is_person: false, speaks: false }
    }

    /// The longest description, the first of several.
    #[must_use]
    pub fn fullest_description(&self) -> Option<&Range<usize>> {
        self.descriptions.iter().rev().max_by_key(|description| description.len())
    }

    /// Learns what a description shows of it.
    fn describe(&mut self, words: &Words, description: Range<usize>) {
        // "her husband" is a man.
        for at in description.clone().filter(|&at| !words.on(at, Class::DETERMINER)) {
            if words.on(at, Class::FEMALE) {
                self.gender.get_or_insert(Gender::Female);
            } else if words.on(at, Class::MALE) && words.token(at).span.len_bytes() > 3 {
                self.gender.get_or_insert(Gender::Male);
            }
        }
        self.is_person |= description.clone().any(|at| words.on(at, Class::ROLE));
        if self.descriptions.len() < MAX_DESCRIPTIONS {
            self.descriptions.push(description);
        }
    }

    /// Learns what a mention shows of it; one in a headline is no fuller name.
    fn meet(&mut self, words: &Words, mention: &Mention, is_headline: bool) {
        if mention.core.len() > self.name.len() && !is_headline {
            self.name = mention.core.clone();
        }
        let title = mention.tokens.start..mention.core.start;
        let is = |at: usize, class: Class| words.on(at, class);
        for at in title.clone() {
            if is(at, Class::MALE) {
                self.gender.get_or_insert(Gender::Male);
            } else if is(at, Class::FEMALE) {
                self.gender.get_or_insert(Gender::Female);
            }
            self.is_person |= is(at, Class::TITLE.or(Class::TITLE_ABBREVIATION).or(Class::ROLE));
        }
        let first = mention.core.start;
        if mention.core.len() > 1 || self.gender.is_none() {
            if is(first, Class::MANS_NAME) {
                self.gender.get_or_insert(Gender::Male);
            } else if is(first, Class::WOMANS_NAME) {
                self.gender.get_or_insert(Gender::Female);
            }
        }
        let behind = mention.tokens.end;
        self.speaks |= behind < words.len() && is(behind, Class::CUE);
        let holds_body = mention.core.clone().any(|at| is(at, Class::BODY));
        self.is_person |= self.gender.is_some() && !holds_body;
        if let Some(before) = titled(words, &title) {
            self.describe(words, before);
        }
        if let Some(after) = appositive(words, mention) {
            self.describe(words, after);
            self.is_person = true;
        }
    }
}

/// "Deputy Foreign Minister", "Sen": what stands before a name and says who that is, "Mr." aside.
fn titled(words: &Words, title: &Range<usize>) -> Option<Range<usize>> {
    let mut range = title.clone();
    while !range.is_empty() && (words.on(range.start, Class::DETERMINER) || !words.is(range.start, Shape::WORD)) {
        range.start += 1;
    }
    while range.len() > 1 && !words.is(range.end - 1, Shape::WORD) && words.byte(range.end - 1) != b'.' {
        range.end -= 1;
    }
    let courtesy = |at: usize| matches!(words.text(at), "Mr" | "Mrs" | "Ms" | "Miss" | "Mx" | "Sir" | "Dame" | ".");
    (!range.is_empty() && !range.clone().all(courtesy)).then_some(range)
}

/// ", the mayor of Bree,": what stands behind a name and says who that is.
fn appositive(words: &Words, mention: &Mention) -> Option<Range<usize>> {
    let comma = mention.tokens.end;
    let begin = comma + 1;
    if begin + 1 >= words.len() || words.text(comma) != "," {
        return None;
    }
    let end_of_sentence = words.sentence_tokens(comma).end;
    let opens = words.on(begin, Class::DETERMINER.or(Class::ROLE).or(Class::TITLE))
        || begin + 1 < end_of_sentence && words.on(begin + 1, Class::ROLE);
    if !opens || words.sentence_of[begin] != words.sentence_of[comma] {
        return None;
    }
    let limit = end_of_sentence.min(begin + MAX_DESCRIPTION);
    let end = (begin..limit).find(|&at| {
        matches!(words.text(at), "," | "." | ";" | ":" | "—" | "–" | "“" | "\"" | "”" | "(") || words.on(at, Class::WHO)
    })?;
    // "Lee, the mayor then warned": a sentence of its own.
    if (begin..end).any(|at| words.on(at, Class::AUXILIARY)) {
        return None;
    }
    let holds_role = (begin..end).any(|at| words.on(at, Class::ROLE.or(Class::TITLE)));
    (holds_role && end > begin).then_some(begin..end)
}
