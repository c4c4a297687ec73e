//! Articles to measure with: made, not found, and the same on every machine.
//!
//! Words are drawn as they fall in news: few of them very often, many of them once (Zipf's law), names among them, and
//! every fourth paragraph or so says what somebody said.

/// Words that join others.
const NOUNS: &str = "council harbour plan school minister price river market union report budget court road bridge \
    hospital election company worker teacher border treaty storm vote bank village farmer police judge strike factory \
    museum airport fleet season water power station mayor committee industry housing forest railway inquiry tax loan \
    pension festival coast valley parliament embassy agency contract deal flood drought harvest ferry quarry library \
    stadium theatre tunnel prison clinic vaccine patient student nurse driver captain engineer scientist historian \
    satellite engine battery pipeline refinery mine grid network password archive painting orchestra novel wage rent \
    mortgage currency export import tariff subsidy grant deficit surplus audit verdict appeal witness lawyer suspect \
    ceasefire convoy refugee checkpoint summit delegation envoy alliance barracks reservoir turbine glacier reef";
const VERBS: &str = "approved rejected delayed opened closed announced promised questioned reviewed defended cancelled \
    expanded funded repaired inspected blocked welcomed criticised signed extended suspended published investigated \
    abandoned rebuilt measured abolished contested inherited privatised postponed monitored";
const ADJECTIVES: &str = "new old local national former public private early late large small strong weak costly quiet \
    coastal northern southern foreign annual legal secret ambitious controversial temporary permanent ageing unfinished \
    regional emergency outdated disputed";
const SPEECH: &str = "said said said told reporters|added warned argued insisted replied explained";
const ROLES: &str = "Mayor|Minister|Judge|Professor|Captain|Deputy Mayor|Governor|Dr.|President|Senator";
const FIRST_NAMES: &str = "Ann Tom Ines Omar Lena Victor Ruth Pavel Maria Hugo Nadia Felix Irene Samuel Clara Ivan";
const DAYS: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";
/// What names of people and places are made of.
const SYLLABLES: &str = "bar cal dor fen gar hol kel lor mar nor pel ros sel tor ven wick ford ham ley mond stead ton";

/// An article of about `words` words.
#[allow(dead_code, reason = "not every measurement counts words")]
pub(crate) fn of_words(words: usize) -> String {
    Writer::new().write(|writer| writer.words >= words)
}

/// An article of about `bytes` bytes: never less, and a sentence more at most.
#[allow(dead_code, reason = "not every measurement counts bytes")]
pub(crate) fn of_bytes(bytes: usize) -> String {
    Writer::new().write(|writer| writer.text.len() >= bytes)
}

/// An article of `sentences` sentences, its headline not counted.
#[allow(dead_code, reason = "not every measurement counts sentences")]
pub(crate) fn of_sentences(sentences: usize) -> String {
    Writer::new().write(|writer| writer.sentences >= sentences)
}

/// The page such an article may stand on.
#[allow(dead_code, reason = "not every measurement reads pages")]
pub(crate) fn page(article: &str) -> String {
    let mut lines = article.lines().filter(|line| !line.is_empty());
    let headline = lines.next().unwrap_or_default();
    let paragraphs: Vec<String> = lines.map(|line| format!("      <p>{line}</p>\n")).collect();
    let paragraphs = paragraphs.concat();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><title>{headline}</title><style>p {{ margin: 1em }}</style></head>\n\
         <body>\n  <nav><ul><li><a href=\"/\">Home</a></li><li><a href=\"/news\">News</a></li></ul></nav>\n  <main>\n    \
         <article>\n      <h1>{headline}</h1>\n{paragraphs}    </article>\n  </main>\n  <footer><p>All rights \
         reserved.</p></footer>\n</body>\n</html>\n"
    )
}

struct Writer {
    /// The state of a linear congruential generator.
    state: u64,
    text: String,
    words: usize,
    sentences: usize,
}

impl Writer {
    fn new() -> Self {
        Self { state: 0x1234_5678_9abc_def1, text: String::new(), words: 0, sentences: 0 }
    }

    fn write(mut self, is_done: impl Fn(&Self) -> bool) -> String {
        self.text.push_str("Council weighs plan for the harbour after a winter of storms\n");
        while !is_done(&self) {
            self.text.push('\n');
            for _ in 0..=self.below(2) {
                if !is_done(&self) {
                    self.sentence();
                }
            }
            self.text.push('\n');
        }
        self.text
    }

    fn sentence(&mut self) {
        let sentence = match self.below(8) {
            0 | 1 => self.quotation(),
            2 => format!(
                "On {}, the {} of {} {} a {} {} that had cost {} million dollars since {}.",
                self.pick(DAYS),
                self.noun(),
                self.name(),
                self.pick(VERBS),
                self.pick(ADJECTIVES),
                self.noun(),
                self.below(900) + 10,
                1950 + self.below(75)
            ),
            3 => format!(
                "But {} {} said that the {} would not be {} before the {} and the {} of {} had been heard.",
                self.pick_of(ROLES, '|'),
                self.person(),
                self.noun(),
                self.pick(VERBS),
                self.noun(),
                self.noun(),
                self.name()
            ),
            4 => format!(
                "It was the {} time in {} years that the {} {} {} its {}, and the {} of the {} is still not known.",
                self.pick("first second third fourth last"),
                self.below(40) + 2,
                self.pick(ADJECTIVES),
                self.noun(),
                self.pick(VERBS),
                self.noun(),
                self.noun(),
                self.noun()
            ),
            _ => format!(
                "The {} {} near {} {} the {} of the {} after a {} {} with the {} of {}.",
                self.pick(ADJECTIVES),
                self.noun(),
                self.name(),
                self.pick(VERBS),
                self.noun(),
                self.noun(),
                self.pick(ADJECTIVES),
                self.noun(),
                self.noun(),
                self.name()
            ),
        };
        if !self.text.ends_with('\n') {
            self.text.push(' ');
        }
        self.words += sentence.split(' ').count();
        self.sentences += 1;
        self.text.push_str(&sentence);
    }

    fn quotation(&mut self) -> String {
        let said = format!(
            "“We have {} the {} of {}, and we shall not give up the {},”",
            self.pick(VERBS),
            self.noun(),
            self.name(),
            self.noun()
        );
        let (cue, role, person) = (self.pick_of(SPEECH, ' '), self.pick_of(ROLES, '|'), self.person());
        format!("{said} {role} {person} {}.", cue.replace('|', " "))
    }

    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.state >> 33) % bound as u64).unwrap_or(0)
    }

    /// A number below `bound`, by Zipf's law: each is as likely as its place in the list is low.
    fn zipf(&mut self, bound: usize) -> usize {
        let mut place = bound;
        // The smaller end of an interval that shrinks by random shares falls off as one over the place.
        let rounds = 1 + self.below(2);
        for _ in 0..rounds {
            place = 1 + self.below(place);
        }
        place - 1
    }

    fn pick<'w>(&mut self, list: &'w str) -> &'w str {
        self.pick_of(list, ' ')
    }

    fn pick_of<'w>(&mut self, list: &'w str, separator: char) -> &'w str {
        let count = list.split(separator).filter(|word| !word.trim().is_empty()).count();
        let place = self.zipf(count);
        list.split(separator).filter(|word| !word.trim().is_empty()).nth(place).unwrap_or_default().trim()
    }

    fn noun(&mut self) -> String {
        let noun = self.pick(NOUNS);
        if self.below(4) == 0 { format!("{noun}s") } else { noun.to_owned() }
    }

    fn person(&mut self) -> String {
        format!("{} {}", self.pick(FIRST_NAMES), self.name())
    }

    /// One of some ten thousand names.
    fn name(&mut self) -> String {
        let mut number = self.zipf(10_648);
        let syllables: Vec<&str> = SYLLABLES.split(' ').collect();
        let mut name = String::new();
        for _ in 0..3 {
            name.push_str(syllables[number % syllables.len()]);
            number /= syllables.len();
            if number == 0 && name.len() > 3 {
                break;
            }
        }
        name[..1].to_uppercase() + &name[1..]
    }
}
