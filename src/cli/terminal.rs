//! Answers for a person to read. Colour, and lines that fit, only on a terminal.

use std::io::{self, Write};

use console::{Style, Term};

use super::reading::Reading;
use crate::{
    document::Role,
    grpc::pb::v1::{self as pb, quote::Form},
    summary::Chosen,
};

/// Lines longer than this are hard to read, however wide the terminal.
const MAX_WIDTH: usize = 100;

/// Why a sentence was chosen: its salience, and what each part added.
#[derive(Debug)]
pub(super) struct Note {
    salience: f32,
    parts: Vec<(&'static str, f32)>,
}

impl Note {
    pub(super) fn of(chosen: &Chosen) -> Self {
        Self { salience: chosen.salience, parts: chosen.parts.clone() }
    }
}

/// What a person reads, gathered until it is written as a whole.
pub(super) struct Page {
    term: Term,
    text: String,
    /// Where lines break; nowhere when this is no terminal.
    width: Option<usize>,
    strong: Style,
    faint: Style,
    accent: Style,
}

impl Page {
    pub(super) fn stdout() -> Self {
        let term = Term::stdout();
        let style = Style::new().for_stdout();
        Self::of(term, &style)
    }

    pub(super) fn stderr() -> Self {
        let term = Term::stderr();
        let style = Style::new().for_stderr();
        Self::of(term, &style)
    }

    fn of(term: Term, style: &Style) -> Self {
        let width = term.is_term().then(|| usize::from(term.size().1).clamp(20, MAX_WIDTH));
        Self {
            term,
            text: String::new(),
            width,
            strong: style.clone().bold(),
            faint: style.clone().dim(),
            accent: style.clone().cyan(),
        }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.term.write_all(self.text.as_bytes())?;
        self.text.clear();
        self.term.flush()
    }

    pub(super) fn summary(&mut self, response: &pb::SummarizeResponse, notes: &[Note]) {
        self.title(&response.title);
        if response.sentences.is_empty() {
            self.paragraph(0, &self.faint.clone(), "nothing fits the budget");
        }
        let mut notes = notes.iter();
        for sentence in &response.sentences {
            self.paragraph(0, &Style::new(), content(sentence.text.as_ref()));
            if let Some(note) = notes.next() {
                self.note(note);
            }
            self.text.push('\n');
        }
        let count = counted(response.sentences.len(), "sentence");
        self.footer(&format!("{count} of {}", response.sentence_count), &response.language_code, &response.boilerplate);
    }

    pub(super) fn notes(&mut self, notes: &[Note]) {
        for note in notes {
            self.note(note);
        }
    }

    pub(super) fn quotes(&mut self, response: &pb::ExtractQuotesResponse) {
        self.title(&response.title);
        for quote in &response.quotes {
            let text = match quote.form() {
                Form::Direct => format!("“{}”", contents(&quote.contents)),
                _ => contents(&quote.contents),
            };
            self.paragraph(0, &Style::new(), &text);
            let who = quote.attribution.as_ref().map_or_else(|| "nobody named".to_owned(), attribution);
            let style = if quote.attribution.is_some() { self.accent.clone() } else { self.faint.clone() };
            self.paragraph(4, &style, &format!("— {who}"));
            self.text.push('\n');
        }
        for speaker in &response.speakers {
            let count = counted(usize::try_from(speaker.quote_count).unwrap_or_default(), "quote");
            let description =
                if speaker.description.is_empty() { String::new() } else { format!(", {}", speaker.description) };
            self.paragraph(0, &Style::new(), &format!("{}{description}: {count}", speaker.name));
        }
        if !response.speakers.is_empty() {
            self.text.push('\n');
        }
        self.footer(&counted(response.quotes.len(), "quote"), &response.language_code, &response.boilerplate);
    }

    pub(super) fn reading(&mut self, reading: &Reading) {
        let mut paragraph = None;
        for sentence in &reading.sentences {
            let (role, style) = match sentence.role {
                Role::Title => ("title", self.strong.clone()),
                Role::Body => ("", Style::new()),
                Role::Repeat => ("repeat", self.faint.clone()),
                Role::Boilerplate => ("left out", self.faint.clone()),
            };
            let place = (sentence.role == Role::Boilerplate, sentence.paragraph_index);
            if paragraph.replace(place).is_some_and(|before| before != place) {
                self.text.push('\n');
            }
            self.labelled(role, &style, &sentence.content);
        }
        let count = |wanted: fn(Role) -> bool| reading.sentences.iter().filter(|s| wanted(s.role)).count();
        let body = counted(count(|role| matches!(role, Role::Body | Role::Repeat)), "sentence");
        let repeats = counted(count(|role| role == Role::Repeat), "repeat");
        let left_out = count(|role| role == Role::Boilerplate);
        self.text.push('\n');
        let faint = self.faint.clone();
        let line = format!("{body}, {repeats}, {left_out} left out · language {}", reading.language_code);
        self.paragraph(0, &faint, &line);
    }

    fn title(&mut self, title: &str) {
        if !title.is_empty() {
            self.paragraph(0, &self.strong.clone(), title);
            self.text.push('\n');
        }
    }

    fn note(&mut self, note: &Note) {
        let parts: Vec<String> = note.parts.iter().map(|(name, added)| format!("{name} {added:+.2}")).collect();
        let why = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
        self.paragraph(4, &self.faint.clone(), &format!("salience {:.2}{why}", note.salience));
    }

    fn footer(&mut self, count: &str, language_code: &str, boilerplate: &[pb::TextSpan]) {
        let left_out = match boilerplate.len() {
            0 => String::new(),
            count => format!(" · {} of page furniture left out", counted(count, "stretch")),
        };
        self.paragraph(0, &self.faint.clone(), &format!("{count} · language {language_code}{left_out}"));
    }

    /// A sentence with a word in the margin.
    fn labelled(&mut self, label: &str, style: &Style, sentence: &str) {
        let margin = format!("{label:>8}  ");
        let start = self.text.len();
        self.paragraph(margin.len(), style, sentence);
        let indent = start..start + margin.len();
        self.text.replace_range(indent, &margin);
    }

    /// White space of any kind becomes one space, so that a piece of text stays one paragraph, and control characters go:
    /// an article is no one to steer a terminal.
    fn paragraph(&mut self, indent: usize, style: &Style, words: &str) {
        let mut line = String::new();
        let mut line_width = 0;
        let words = words.replace(|c: char| c.is_control() && !c.is_whitespace(), "");
        for word in words.split_whitespace() {
            let width = console::measure_text_width(word);
            let is_full = self.width.is_some_and(|max| indent + line_width + 1 + width > max);
            if is_full && !line.is_empty() {
                self.line(indent, style, &line);
                line.clear();
                line_width = 0;
            }
            if !line.is_empty() {
                line.push(' ');
                line_width += 1;
            }
            line.push_str(word);
            line_width += width;
        }
        self.line(indent, style, &line);
    }

    fn line(&mut self, indent: usize, style: &Style, line: &str) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push_str(&style.apply_to(line).to_string());
        self.text.push('\n');
    }
}

fn content(span: Option<&pb::TextSpan>) -> &str {
    span.map_or("", |span| span.content.as_str())
}

fn contents(spans: &[pb::TextSpan]) -> String {
    let contents: Vec<&str> = spans.iter().map(|span| span.content.as_str()).collect();
    contents.join(" … ")
}

/// `Ivan Gil (“the deputy minister” said, 0.93)`
fn attribution(attribution: &pb::Attribution) -> String {
    let speakers: Vec<&str> = attribution.sources.iter().map(|source| source.speaker.as_str()).collect();
    let mentions: Vec<&str> = attribution.sources.iter().map(|source| content(source.mention.as_ref())).collect();
    let said = match content(attribution.cue.as_ref()) {
        "" => String::new(),
        cue => format!("“{cue}”, "),
    };
    let mention = if mentions == speakers { String::new() } else { format!("“{}”, ", mentions.join("”, “")) };
    format!("{} ({mention}{said}{:.2})", speakers.join(" and "), attribution.confidence)
}

fn counted(count: usize, thing: &str) -> String {
    match (count, thing) {
        (1, _) => format!("1 {thing}"),
        (_, "stretch") => format!("{count} stretches"),
        _ => format!("{count} {thing}s"),
    }
}
