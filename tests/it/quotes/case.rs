//! How a table of cases is written.
//!
//! ```text
//! == split in the middle of the sentence
//! “Nobody will drown,” said Tove Lind, “not this year.”
//! --
//! DIRECT Nobody will drown, | not this year. · speaker Tove Lind · cue said
//! ```
//!
//! After `==` the case's name. Then what its reader is told, a line each: `@ language de`, `@ title A headline`,
//! `@ indirect`. Then the text, as it is. After `--` what is expected: a line for each quote, in reading order, all of
//! them; `NONE` when there is none; `...` when there may be others. A line names the form, the words in marks (of an
//! indirect quote the contents; `|` parts pieces), and what else is to be checked: `contents`, `speaker`, `mention`
//! (`&` parts several), `cue` (or `cue none`), or `nobody` when it is attributed to nobody. `SPEAKER` lines, if any,
//! list the speakers, all of them, in order: `SPEAKER Tove Lind · description Mayor · quotes 1`.

use std::fmt;

use pullquote::quote::{Form, Quotes};

/// A text, and the quotes to be found in it.
pub(super) struct Case<'t> {
    pub(super) name: &'t str,
    pub(super) text: &'t str,
    pub(super) title: &'t str,
    pub(super) language_code: &'t str,
    pub(super) include_indirect: bool,
    pub(super) expected: Expected,
}

/// What is expected of a text.
#[derive(Default)]
pub(super) struct Expected {
    quotes: Vec<Fields>,
    may_hold_others: bool,
    speakers: Vec<Fields>,
}

/// The fields of a quote or a speaker, by name, in the order they are written.
pub(super) struct Fields(Vec<(&'static str, Vec<String>)>);

/// What was found in a text.
pub(super) struct Found {
    quotes: Vec<Fields>,
    speakers: Vec<Fields>,
}

/// The fields an expectation may name.
const FIELDS: [&str; 8] = ["contents", "speaker", "mention", "cue", "nobody", "description", "quotes", "name"];

/// The forms of quotes, as lines begin with them.
const FORMS: [(&str, Form); 3] = [("DIRECT", Form::Direct), ("MIXED", Form::Mixed), ("INDIRECT", Form::Indirect)];

/// Reads a table.
pub(super) fn parse(table: &str) -> Vec<Case<'_>> {
    let blocks = table.strip_prefix("== ").expect("a table begins with a case").split("\n== ");
    blocks.map(parse_case).collect()
}

fn parse_case(block: &str) -> Case<'_> {
    let (name, mut text) = block.split_once('\n').expect("a case has a text");
    let mut case =
        Case { name, text: "", title: "", language_code: "", include_indirect: false, expected: Expected::default() };
    while let Some((option, rest)) = text.strip_prefix("@ ").and_then(|text| text.split_once('\n')) {
        match option.split_once(' ').unwrap_or((option, "")) {
            ("language", code) => case.language_code = code,
            ("title", title) => case.title = title,
            ("indirect", "") => case.include_indirect = true,
            _ => panic!("{name}: unknown option {option:?}"),
        }
        text = rest;
    }
    let (text, expected) = text.split_once("\n--\n").unwrap_or_else(|| panic!("{name}: expects nothing"));
    case.text = text;
    for line in expected.lines().filter(|line| !line.is_empty()) {
        let (head, fields) = line.split_once(' ').unwrap_or((line, ""));
        if head == "SPEAKER" {
            case.expected.speakers.push(Fields::parse("name", fields, name));
        } else if let Some((form, _)) = FORMS.iter().find(|(form, _)| *form == head) {
            case.expected.quotes.push(Fields::parse(form, fields, name));
        } else if line == "..." {
            case.expected.may_hold_others = true;
        } else {
            assert_eq!((line, expected.trim()), ("NONE", "NONE"), "{name}: unknown expectation");
        }
    }
    case
}

impl Fields {
    fn parse(first: &'static str, line: &str, case: &str) -> Self {
        let mut fields = Vec::new();
        for (at, field) in line.split("· ").map(str::trim).enumerate() {
            if at == 0 {
                fields.push((first, if field.is_empty() { Vec::new() } else { pieces(field, " | ") }));
                continue;
            }
            let (name, value) = field.split_once(' ').unwrap_or((field, ""));
            let known = FIELDS.iter().find(|known| **known == name);
            let known = *known.unwrap_or_else(|| panic!("{case}: unknown field {field:?}"));
            fields.push((known, pieces(value, if known == "contents" { " | " } else { " & " })));
        }
        Self(fields)
    }

    /// Whether all that is named here is found there. A field of no pieces asks nothing but to be there.
    fn is_met_by(&self, found: &Fields) -> bool {
        self.0.iter().all(|(name, pieces)| {
            let found = found.0.iter().find(|(other, _)| other == name);
            found.is_some_and(|(_, found)| pieces.is_empty() || pieces == found)
        })
    }
}

fn pieces(value: &str, separator: &str) -> Vec<String> {
    value.split(separator).map(str::to_owned).collect()
}

impl Expected {
    /// Whether the quotes found are those expected, in their order, and the speakers too if any are listed.
    pub(super) fn is_met_by(&self, found: &Found) -> bool {
        let mut rest = found.quotes.iter();
        let quotes = if self.may_hold_others {
            self.quotes.iter().all(|quote| rest.any(|found| quote.is_met_by(found)))
        } else {
            are_met(&self.quotes, &found.quotes)
        };
        quotes && (self.speakers.is_empty() || are_met(&self.speakers, &found.speakers))
    }
}

fn are_met(expected: &[Fields], found: &[Fields]) -> bool {
    expected.len() == found.len() && expected.iter().zip(found).all(|(expected, found)| expected.is_met_by(found))
}

impl Found {
    pub(super) fn of(text: &str, found: &Quotes) -> Self {
        let mut quotes = Vec::new();
        for quote in &found.quotes {
            let of =
                |spans: &[pullquote::text::Span]| spans.iter().map(|span| span.of(text).to_owned()).collect::<Vec<_>>();
            let (form, _) = FORMS.iter().find(|(_, form)| *form == quote.form).unwrap();
            let contents = of(&quote.contents);
            let words = if quote.form == Form::Indirect { contents.clone() } else { of(&quote.quoted) };
            let mut fields = vec![(*form, words)];
            if let Some(attribution) = &quote.attribution {
                let sources = &attribution.sources;
                fields.push(("speaker", sources.iter().map(|source| source.speaker.of(text).to_owned()).collect()));
                fields.push(("mention", sources.iter().map(|source| source.mention.of(text).to_owned()).collect()));
                fields.push(("cue", vec![attribution.cue.map_or("none", |cue| cue.of(text)).to_owned()]));
            } else {
                fields.push(("nobody", vec![String::new()]));
            }
            fields.push(("contents", contents));
            quotes.push(Fields(fields));
        }
        let speakers = found.speakers.iter().map(|speaker| {
            Fields(vec![
                ("name", vec![speaker.name.of(text).to_owned()]),
                ("description", vec![speaker.description.map_or("", |description| description.of(text)).to_owned()]),
                ("quotes", vec![speaker.quote_count.to_string()]),
            ])
        });
        Self { quotes, speakers: speakers.collect() }
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, pieces)) in self.0.iter().enumerate() {
            let separator = if matches!(*name, "speaker" | "mention") { " & " } else { " | " };
            write!(f, "{}{name} {}", if at == 0 { "" } else { " · " }, pieces.join(separator))?;
        }
        Ok(())
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, &self.quotes, &self.speakers)?;
        if self.may_hold_others { writeln!(f, "...") } else { Ok(()) }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, &self.quotes, &self.speakers)
    }
}

fn write_lines(f: &mut fmt::Formatter<'_>, quotes: &[Fields], speakers: &[Fields]) -> fmt::Result {
    if quotes.is_empty() {
        writeln!(f, "NONE")?;
    }
    quotes.iter().try_for_each(|quote| writeln!(f, "{quote}"))?;
    speakers.iter().try_for_each(|speaker| writeln!(f, "SPEAKER {speaker}"))
}
