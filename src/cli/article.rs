//! Where articles come from: a file, standard input, or a line of JSON.

use std::{
    fs::File,
    io::{self, BufReader, IsTerminal as _, Read},
    path::Path,
};

use serde::Deserialize;

use super::{args::ArticleArgs, fault::Failure};
use crate::grpc::{
    pb::v1 as pb,
    status::{Fault, InvalidReason, Violation},
};

/// An article as a caller hands it over.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Article {
    pub(super) content: Option<pb::document::Content>,
    /// These three are empty where the command line's own hold.
    pub(super) title: String,
    pub(super) language_code: String,
    pub(super) query: String,
}

pub(super) type Reader = BufReader<Box<dyn Read + Send>>;

/// Where the input comes from, and how many bytes there are where that is known.
pub(super) struct Input {
    pub(super) reader: Reader,
    pub(super) size_bytes: Option<u64>,
}

const BUFFER_BYTES: usize = 1 << 16;

/// Opens the file that `args` names, or standard input.
pub(super) fn open(args: &ArticleArgs) -> Result<Input, Failure> {
    match args.file.as_deref() {
        None => Ok(standard_input(args)),
        Some(path) if path == Path::new("-") => Ok(standard_input(args)),
        Some(path) => {
            let told = |error: io::Error| Failure::Told(format!("{}: {error}", path.display()));
            let file = File::open(path).map_err(told)?;
            let metadata = file.metadata().map_err(told)?;
            if metadata.is_dir() {
                return Err(Failure::Told(format!("{}: is a directory", path.display())));
            }
            let size_bytes = metadata.is_file().then_some(metadata.len());
            Ok(Input { reader: BufReader::with_capacity(BUFFER_BYTES, Box::new(file)), size_bytes })
        }
    }
}

fn standard_input(args: &ArticleArgs) -> Input {
    if io::stdin().is_terminal() {
        let what = if args.jsonl { "articles, a line of JSON each" } else { "the article" };
        super::complain(&format!("reading {what} from the terminal; Ctrl-D ends it"));
    }
    Input { reader: BufReader::with_capacity(BUFFER_BYTES, Box::new(io::stdin())), size_bytes: None }
}

/// Reads the whole input as one article.
pub(super) fn from_file(args: &ArticleArgs) -> Result<Article, Failure> {
    let name = args.file.as_deref().filter(|&path| path != Path::new("-"));
    let name = name.map_or_else(|| "standard input".into(), Path::to_string_lossy);
    let mut bytes = Vec::new();
    open(args)?.reader.read_to_end(&mut bytes).map_err(|error| Failure::Told(format!("{name}: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        Failure::Told(format!("{name}: no UTF-8 from byte {} on; convert it first", error.utf8_error().valid_up_to()))
    })?;
    let content = if args.html { pb::document::Content::Html(text) } else { pb::document::Content::Text(text) };
    Ok(Article { content: Some(content), ..Article::default() })
}

/// A line of JSON Lines. What it says beside these fields is nobody's business.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: Option<String>,
    text: Option<String>,
    html: Option<String>,
    title: Option<String>,
    #[serde(alias = "language_code")]
    language_code: Option<String>,
    query: Option<String>,
}

/// Reads line `number` (counted from 1): its id, and its article or what is wrong with it.
pub(super) fn from_line(line: &[u8], number: u64) -> (String, Result<Article, pb::ItemError>) {
    match serde_json::from_slice::<Line>(line) {
        Ok(line) => {
            let id = line.id.clone().unwrap_or_default();
            (id, article_of(line))
        }
        Err(error) => unreadable(line, number, &error),
    }
}

fn article_of(line: Line) -> Result<Article, pb::ItemError> {
    let content = match (line.text, line.html) {
        (Some(_), Some(_)) => return Err(invalid("document", "has both text and html; send one of them")),
        (Some(text), None) => Some(pb::document::Content::Text(text)),
        (None, Some(page)) => Some(pb::document::Content::Html(page)),
        (None, None) => None,
    };
    Ok(Article {
        content,
        title: line.title.unwrap_or_default(),
        language_code: line.language_code.unwrap_or_default(),
        query: line.query.unwrap_or_default(),
    })
}

/// Tells JSON that holds something else than expected from what is no JSON at all.
fn unreadable(line: &[u8], number: u64, error: &serde_json::Error) -> (String, Result<Article, pb::ItemError>) {
    let no_object = |what: &str| Fault::Invalid {
        reason: InvalidReason::InvalidRequest,
        violations: vec![Violation { field: format!("line {number}"), description: what.to_owned() }],
    };
    match serde_json::from_slice::<serde_json::Value>(line) {
        Ok(serde_json::Value::Object(fields)) => {
            let id = fields.get("id").and_then(|id| id.as_str()).unwrap_or_default();
            let wrong = |name: &&str| fields.get(*name).is_some_and(|value| !value.is_string() && !value.is_null());
            let wrong: Vec<&str> = FIELDS.into_iter().filter(wrong).collect();
            let what = if wrong.is_empty() { error.to_string() } else { format!("{} must be text", wrong.join(", ")) };
            (id.to_owned(), Err(no_object(&what).item_error()))
        }
        Ok(_) => (String::new(), Err(no_object("is no JSON object").item_error())),
        Err(error) => {
            // The line's own number would be confusing: it is always 1.
            let place = format!(" at line {} column {}", error.line(), error.column());
            let what = format!("is no JSON: {} at column {}", error.to_string().replace(&place, ""), error.column());
            (String::new(), Err(no_object(&what).item_error()))
        }
    }
}

const FIELDS: [&str; 7] = ["id", "text", "html", "title", "languageCode", "language_code", "query"];

fn invalid(field: &str, description: &str) -> pb::ItemError {
    let violations = vec![Violation { field: field.to_owned(), description: description.to_owned() }];
    Fault::Invalid { reason: InvalidReason::InvalidRequest, violations }.item_error()
}
