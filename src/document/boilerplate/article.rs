//! Rules for the article as a scraper hands it over: its paragraphs, with some furniture around and between them.

use std::collections::HashMap;

use super::{
    line::{Case, Ending, Line, Piece, Scan},
    phrase::{self, Verdict, WordClass},
};

/// How many teasers a heading such as "Related" may have after it.
const MAX_TEASERS: usize = 24;

/// How many of the last lines may be the end's furniture.
const EDGE_LINES: usize = 8;

/// The most words that name who took a picture.
const MAX_CREDIT_WORDS: usize = 8;

/// What the phrases and the line's shape say of every line.
pub(super) fn verdicts(text: &str, scan: &Scan) -> Vec<Option<Verdict>> {
    scan.lines.iter().map(|line| verdict(text, scan, line)).collect()
}

/// What they say of a line.
pub(super) fn verdict(text: &str, scan: &Scan, line: &Line) -> Option<Verdict> {
    phrase::verdict(scan, line).or_else(|| shape(text, scan, line))
}

/// Which lines are furniture.
pub(super) fn furniture(scan: &Scan, verdicts: &[Option<Verdict>]) -> Vec<bool> {
    let lines = &scan.lines;
    let prose: Vec<bool> =
        lines.iter().zip(verdicts).map(|(line, verdict)| line.is_prose() && verdict.is_none()).collect();
    let total: usize =
        lines.iter().zip(&prose).filter(|(_, prose)| **prose).map(|(line, _)| line.span.len_bytes()).sum();
    let first_prose = prose.iter().position(|&prose| prose).unwrap_or(lines.len());
    let last_prose = prose.iter().rposition(|&prose| prose).unwrap_or(0);
    let mut furniture = vec![false; lines.len()];
    let mut before = 0;
    let mut at = 0;
    while at < lines.len() {
        match verdicts[at] {
            None => before += if prose[at] { lines[at].span.len_bytes() } else { 0 },
            Some(Verdict::Edge) => {
                let at_end = at > last_prose && at + EDGE_LINES >= lines.len();
                furniture[at] = first_prose < lines.len() && (at < first_prose || at_end);
            }
            Some(Verdict::Drop) => furniture[at] = true,
            Some(Verdict::Heading) => {
                furniture[at] = true;
                if is_end_of_teasers(&prose[at + 1..], before, total) {
                    furniture[at..].fill(true);
                    break;
                }
                let teasers = teasers(lines, verdicts, &prose, at + 1);
                furniture[at + 1..at + 1 + teasers].fill(true);
                at += teasers;
            }
            Some(verdict @ (Verdict::Tail | Verdict::End)) => {
                furniture[at] = true;
                let after = total - before;
                let cuts = if verdict == Verdict::End { before * 3 >= after } else { before >= after * 3 };
                if before > 0 && cuts {
                    furniture[at..].fill(true);
                    break;
                }
            }
        }
        at += 1;
    }
    captions(scan, &mut furniture);
    spread(lines, verdicts, &mut furniture);
    furniture
}

/// Whether all that follows a heading such as "Related" is teasers: few paragraphs, and the article stands before it.
fn is_end_of_teasers(prose_after: &[bool], bytes_before: usize, bytes: usize) -> bool {
    let paragraphs = prose_after.iter().filter(|&&prose| prose).count();
    paragraphs * 3 <= prose_after.len() && bytes_before >= (bytes - bytes_before) * 2 && bytes_before > 0
}

/// How many lines from `begin` on are teasers under a heading: short, without an end, up to the next paragraph.
fn teasers(lines: &[Line], verdicts: &[Option<Verdict>], prose: &[bool], begin: usize) -> usize {
    let is_teaser = |at: usize| {
        let line = &lines[at];
        verdicts[at].is_none_or(|verdict| verdict <= Verdict::Drop)
            && (line.is_headline_like()
                || (!line.long && line.ending == Ending::Ellipsis)
                || (!line.long && line.words < 8))
    };
    let mut end = begin;
    while end < lines.len() && end - begin < MAX_TEASERS && is_teaser(end) {
        end += 1;
    }
    // What stands right before a paragraph and is short heads it.
    let heads_prose = end < lines.len() && prose[end] && end > begin && lines[end - 1].words <= 4;
    end - begin - usize::from(heads_prose)
}

/// A line said twice in a row before a credit, or between a gallery's count and a credit, is a caption.
fn captions(scan: &Scan, furniture: &mut [bool]) {
    let is_credit = |line: &Line| !line.long && line.words <= 12 && line.classes.any(WordClass::CREDIT);
    let is_count = |line: &Line| line.numbers == 2 && line.words == 4 && is_credit(line);
    for at in 1..scan.lines.len().saturating_sub(1) {
        if !furniture[at + 1] || furniture[at] || !is_credit(&scan.lines[at + 1]) {
            continue;
        }
        let (line, last) = (&scan.lines[at], &scan.lines[at - 1]);
        let said_twice = line.hash == last.hash && line.words >= 6;
        if said_twice || furniture[at - 1] && is_count(last) {
            furniture[at] = true;
            furniture[at - 1] = true;
        }
    }
}

/// What is furniture in one place and said again, word by word, is furniture there too.
fn spread(lines: &[Line], verdicts: &[Option<Verdict>], furniture: &mut [bool]) {
    let mut seen: HashMap<u64, bool> = HashMap::new();
    for (line, furniture) in lines.iter().zip(furniture.iter()) {
        if *furniture && line.words >= 4 {
            seen.insert(line.hash, true);
        }
    }
    if seen.is_empty() {
        return;
    }
    for at in 0..lines.len() {
        if !furniture[at] && verdicts[at].is_none() && lines[at].words >= 4 && seen.contains_key(&lines[at].hash) {
            furniture[at] = true;
        }
    }
}

/// What a line's shape says: a date, a byline, an address, a bare number.
fn shape(text: &str, scan: &Scan, line: &Line) -> Option<Verdict> {
    if line.long || line.words > 60 {
        return None;
    }
    let pieces = scan.head(line);
    let content = line.span.of(text);
    if line.words == 0 {
        return Some(Verdict::Drop);
    }
    let open = line.ending != Ending::Stop;
    if line.words <= 18 && is_date(pieces, line) {
        return Some(Verdict::Drop);
    }
    if is_breadcrumb(pieces, line) {
        return Some(Verdict::Drop);
    }
    if is_address(content, pieces) {
        return Some(Verdict::Edge);
    }
    if line.words <= 14 && open && is_byline(pieces, line) {
        return Some(Verdict::Drop);
    }
    if line.words <= 10 && open && line.classes.any(WordClass::ROLE.with(WordClass::AGENCY)) && is_named(pieces) {
        return Some(Verdict::Edge);
    }
    if open && is_gallery_count(content) {
        return Some(Verdict::Drop);
    }
    if line.classes.any(WordClass::SOCIAL) && pieces.iter().all(is_button) {
        return Some(Verdict::Drop);
    }
    if open && is_menu(pieces) {
        return Some(Verdict::Edge);
    }
    let mut capitals = memchr::memchr_iter(b'C', content.as_bytes()).map(|at| &content[at..]);
    let has_credit = capitals.any(|rest| rest.starts_with("Credit: ") || rest.starts_with("Credit..."));
    let joined_credit = has_credit || content.starts_with("Media caption") || content.starts_with("Image caption");
    if joined_credit && !line.classes.any(WordClass::NARRATIVE) || content.starts_with("Credit...") {
        return Some(Verdict::Drop);
    }
    if open && ends_with_credit(content) {
        return Some(Verdict::Drop);
    }
    if line.numbers == line.words && line.words <= 3 && !content.contains(['$', '€', '£', '%']) {
        return Some(Verdict::Edge);
    }
    None
}

/// "The wall on Tuesday. Photograph: Jo Kim/The Quayside Post".
fn ends_with_credit(content: &str) -> bool {
    const LABELS: [&str; 5] = ["Photo:", "Photograph:", "Picture:", "Image:", "Photo by "];
    let mut stops = memchr::memchr_iter(b'.', content.as_bytes());
    if !stops.any(|at| content[at..].starts_with(". ")) {
        return false;
    }
    LABELS.iter().filter_map(|label| content.rsplit_once(label)).any(|(caption, name)| {
        caption.ends_with(". ") && !name.is_empty() && name.split_whitespace().count() <= MAX_CREDIT_WORDS
    })
}

/// "Updated Nov 19, 6:55 AM", "19.11.2019, 08:57", "By Justine Coleman - 11/18/19 11:04 PM EST".
fn is_date(pieces: &[Piece], line: &Line) -> bool {
    if line.numbers == 0 && !line.classes.any(WordClass::WEEKDAY) {
        return false;
    }
    let dated = WordClass::MONTH.with(WordClass::WEEKDAY);
    let timed = dated.with(WordClass::TIME).with(WordClass::PUBLISH);
    let marks = pieces
        .iter()
        .filter(|piece| piece.case == Case::Mark && matches!(piece.hash, 0x2f | 0x3a | 0x2d | 0x40 | 0x7c))
        .count();
    let has_date = line.numbers > 0 && (line.classes.any(dated) || marks >= 1 || line.classes.any(WordClass::PUBLISH))
        || line.classes.any(WordClass::WEEKDAY) && line.classes.any(WordClass::TIME);
    if !has_date || line.ending == Ending::Stop && line.words > 6 {
        return false;
    }
    // A post's signature: "— Ann Lee (@annlee) November 18, 2019".
    if pieces.first().is_some_and(|piece| piece.hash == u64::from('-')) {
        return false;
    }
    let mut others = 0;
    let mut capitalised = 0;
    let mut written = 0;
    for piece in pieces {
        if matches!(piece.case, Case::Mark | Case::Number) {
            continue;
        }
        written += 1;
        if !(piece.class.any(timed) || piece.class.any(WordClass::STOP) && piece.case == Case::Lower) {
            others += 1;
            capitalised += u32::from(matches!(piece.case, Case::Capitalised | Case::Capitals));
        }
    }
    let full_date = line.numbers >= 2 && line.classes.any(dated) || line.numbers >= 3;
    if others == 0 {
        let bare_count = written > 0 && !line.classes.any(dated.with(WordClass::PUBLISH)) && marks == 0;
        return !bare_count
            && (line.numbers >= 2
                || line.classes.any(WordClass::PUBLISH)
                || line.words <= 3 && line.classes.any(WordClass::MONTH));
    }
    // A name or a place beside it.
    full_date
        && others <= 6
        && others == capitalised
        && line.ending != Ending::Stop
        && !line.classes.any(WordClass::NARRATIVE)
        && (line.classes.any(WordClass::PUBLISH.with(WordClass::TIME)) || is_by(&pieces[0]) && others <= 5)
}

fn is_by(piece: &Piece) -> bool {
    static BY: std::sync::LazyLock<Vec<u64>> = std::sync::LazyLock::new(|| {
        ["by", "von", "por", "par", "di", "door", "автор", "oleh"].map(super::word::hash_of).to_vec()
    });
    BY.contains(&piece.hash)
}

/// "By Ann Lee and Bo Ray, Associated Press".
fn is_byline(pieces: &[Piece], line: &Line) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return false };
    is_by(first)
        && matches!(first.case, Case::Capitalised | Case::Capitals)
        && rest.iter().take(2).filter(|piece| matches!(piece.case, Case::Capitalised | Case::Capitals)).count() >= 1
        && rest.first().is_some_and(|piece| matches!(piece.case, Case::Capitalised | Case::Capitals))
        && !line.classes.any(WordClass::NARRATIVE)
        && (is_named(rest) || is_named_with_role(rest))
}

/// "Ann Lee, political correspondent": a name, and after it what its bearer does.
fn is_named_with_role(pieces: &[Piece]) -> bool {
    let capitalised = |piece: &&Piece| matches!(piece.case, Case::Capitalised | Case::Capitals);
    let name = pieces.iter().take_while(capitalised).count();
    let role = &pieces[name..];
    name >= 2 && role.len() <= 3 && role.last().is_some_and(|piece| piece.class.any(WordClass::ROLE))
}

/// Whether all words that count begin with a capital.
fn is_named(pieces: &[Piece]) -> bool {
    pieces.iter().all(|piece| piece.case != Case::Lower || piece.class.any(WordClass::STOP))
        && pieces.iter().any(|piece| matches!(piece.case, Case::Capitalised | Case::Capitals))
}

/// A mail or web address, or an account's name, alone on its line.
fn is_address(content: &str, pieces: &[Piece]) -> bool {
    if content.contains(char::is_whitespace) {
        return content.starts_with("http") && content.split_whitespace().all(|part| part.starts_with("http"));
    }
    let hash_tag = content.starts_with('#') && pieces.len() > 1;
    content.len() > 3
        && content.is_ascii()
        && (content.starts_with('@')
            || hash_tag
            || content.contains("://")
            || content.starts_with("www.")
            || content.contains('@') && content.contains('.')
            || content.contains(".com/"))
}

/// "Home > News > Europe", "News | Sport | Weather".
fn is_breadcrumb(pieces: &[Piece], line: &Line) -> bool {
    if line.ending == Ending::Stop || line.words > 24 {
        return false;
    }
    let is_separator = |piece: &Piece| {
        piece.case == Case::Mark
            && char::from_u32(u32::try_from(piece.hash).unwrap_or(0))
                .is_some_and(|c| matches!(c, '>' | '»' | '›' | '|' | '/' | '·' | '•'))
    };
    let separators = pieces.iter().filter(|piece| is_separator(piece)).count();
    if separators == 0 {
        return false;
    }
    let known = pieces
        .iter()
        .filter(|piece| piece.class.any(WordClass::SECTION.with(WordClass::NAVIGATE).with(WordClass::SOCIAL)))
        .count();
    known * 2 >= line.words as usize
        && pieces
            .first()
            .is_some_and(|piece| piece.class.any(WordClass::SECTION.with(WordClass::NAVIGATE).with(WordClass::SOCIAL)))
}

/// "1of4A shopper looks at cords", "1 of 23".
fn is_gallery_count(content: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let first = digits(content);
    if first == 0 || first > 3 {
        return false;
    }
    let Some(rest) = content[first..]
        .strip_prefix("of")
        .or_else(|| content[first..].strip_prefix(" of ").filter(|rest| digits(rest) == rest.len()))
    else {
        return false;
    };
    digits(rest) > 0
}

/// "News Politics Business Sport", "Subscribe Sign in": nothing but what menus hold, none of it a sentence's word.
fn is_menu(pieces: &[Piece]) -> bool {
    const MENU: WordClass = WordClass::NAVIGATE.with(WordClass::SECTION).with(WordClass::SOCIAL);
    let count = |class: WordClass| pieces.iter().filter(|piece| piece.class.any(class)).count();
    let opens_high = pieces.first().is_some_and(|piece| matches!(piece.case, Case::Capitalised | Case::Capitals));
    let is_of_menu =
        |piece: &Piece| piece.class.any(MENU) || piece.class.any(WordClass::STOP) && piece.case == Case::Lower;
    opens_high && pieces.iter().all(is_of_menu) && (count(WordClass::NAVIGATE) >= 2 || count(MENU) >= 3)
}

fn is_button(piece: &Piece) -> bool {
    piece.case == Case::Mark
        || piece.case == Case::Number
        || piece.class.any(WordClass::SOCIAL.with(WordClass::NAVIGATE).with(WordClass::STOP))
}
