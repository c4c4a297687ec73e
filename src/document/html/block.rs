//! A page's blocks of text: paragraphs, headings, list items, whatever else stands by itself.

use std::collections::HashMap;

use super::{
    UnreadableHtml,
    class_name::Kinds,
    place::Place,
    scan::{Scanner, Tag, Token, unescape},
};
use crate::{cancel::Cancel, text::Span};

/// The deepest nesting that is read. Browsers stop at 512.
const MAX_DEPTH: usize = 1024;
/// How many blocks are read: no article has as many, and memory is bounded by them.
const MAX_BLOCKS: usize = 20_000;
/// How many bytes are read between two looks at whether anybody waits.
const CANCEL_BYTES: usize = 1 << 16;
/// The longest class or id that is looked at.
const NAME_BYTES: usize = 160;
/// The most of a page's title that is read.
const TITLE_BYTES: usize = 1024;

/// A block of text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Block {
    /// Where it stands in [`Blocks::text`].
    pub span: Span,
    /// How many of its bytes are links.
    pub link_bytes: usize,
    /// Where it stands.
    pub place: Place,
    /// What its own class and its parent's say.
    pub near: Kinds,
    /// What the classes of all it stands in say.
    pub far: Kinds,
    /// The element it stands in: a place in [`Blocks::parents`].
    pub element: u32,
    /// How the two innermost of those are called and classed, hashed.
    pub style: u64,
}

/// A page, taken apart.
#[derive(Clone, Debug, Default)]
pub struct Blocks {
    /// What the blocks say, white space folded, a line each.
    pub text: String,
    /// In reading order.
    pub blocks: Vec<Block>,
    /// The element that each element stands in; the first one stands for the page, in itself.
    pub parents: Vec<u32>,
    /// The titles that the page gives: `og:title`, `h1`, `title`; empty where there is none.
    pub titles: [String; 3],
    /// The site's name, where the page gives it.
    pub site_name: String,
}

/// An element that is open.
struct Open {
    name: Name,
    /// Its place in [`Blocks::parents`], or that of what it stands in, where it is no block.
    element: u32,
    place: Place,
    near: Kinds,
    far: Kinds,
    is_skipped: bool,
    is_block: bool,
    style: u64,
}

/// An element's name, lower-cased: the first eleven letters, which tell all of HTML's that matter here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Name([u8; 11]);

impl Name {
    fn of(name: &str) -> Self {
        let mut bytes = [0; 11];
        for (to, from) in bytes.iter_mut().zip(name.bytes()) {
            *to = from.to_ascii_lowercase();
        }
        Self(bytes)
    }

    fn is(&self, name: &str) -> bool {
        *self == Self::of(name)
    }

    fn as_str(&self) -> &str {
        let len = self.0.iter().position(|&byte| byte == 0).unwrap_or(self.0.len());
        std::str::from_utf8(&self.0[..len]).unwrap_or_default()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Holds nothing.
    Void,
    /// Marks words inside a line, and tells nothing here.
    Inline,
    Link,
    Block,
    /// What is in it is no text of the article.
    Skipped,
}

fn sort_of(name: &str) -> Sort {
    match name {
        "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "param" | "source"
        | "track" | "wbr" => Sort::Void,
        "a" => Sort::Link,
        "abbr" | "acronym" | "b" | "bdi" | "bdo" | "big" | "cite" | "code" | "data" | "del" | "dfn" | "em" | "font"
        | "i" | "ins" | "kbd" | "label" | "mark" | "q" | "s" | "samp" | "small" | "span" | "strike" | "strong"
        | "sub" | "sup" | "time" | "tt" | "u" | "var" | "ruby" | "rb" | "nobr" | "picture" | "html" | "body" => {
            Sort::Inline
        }
        "script" | "style" | "noscript" | "template" | "svg" | "math" | "iframe" | "select" | "option" | "textarea"
        | "button" | "object" | "video" | "audio" | "canvas" | "figcaption" | "title" | "rt" | "rp" | "noembed"
        | "noframes" | "xmp" | "datalist" | "map" | "dialog" => Sort::Skipped,
        _ => Sort::Block,
    }
}

/// Takes a page apart.
///
/// # Errors
///
/// [`UnreadableHtml`] where it nests too deeply, or when `cancel` says so.
pub fn blocks(page: &str, cancel: Cancel<'_>) -> Result<Blocks, UnreadableHtml> {
    let mut builder = Builder::default();
    builder.page.parents.push(0);
    let mut scanner = Scanner::new(page);
    let mut checked = 0;
    cancel.check()?;
    while builder.page.blocks.len() < MAX_BLOCKS
        && let Some(token) = scanner.next()
    {
        if scanner.position() - checked > CANCEL_BYTES {
            cancel.check()?;
            checked = scanner.position();
        }
        match token {
            Token::Text(text) => builder.text(text),
            Token::Close(name) => builder.close(Name::of(name)),
            Token::Open(tag) if Scanner::is_raw(tag.name) => {
                let content = scanner.raw_text(tag.name);
                if tag.name.eq_ignore_ascii_case("title") && builder.page.titles[2].is_empty() && builder.skipped == 0 {
                    builder.page.titles[2] = folded(clipped(content));
                }
            }
            Token::Open(tag) => builder.open(tag)?,
        }
    }
    builder.flush();
    Ok(builder.page)
}

/// Puts blocks together.
#[derive(Default)]
struct Builder {
    page: Blocks,
    stack: Vec<Open>,
    /// How many elements of each name are open.
    open: HashMap<Name, u32>,
    /// How many open elements hold no text of the article.
    skipped: usize,
    /// How many links are open.
    links: usize,
    /// How many elements are open that keep their line breaks.
    preformatted: usize,
    /// The text of the block that is being read.
    line: String,
    link_bytes: usize,
    /// A line break was read, and nothing since.
    breaks: u32,
}

impl Builder {
    fn text(&mut self, text: &str) {
        if self.skipped > 0 {
            return;
        }
        if self.preformatted > 0 {
            // An empty line parts blocks here.
            let mut parts = text.split("\n\n");
            self.words(parts.next().unwrap_or_default());
            for part in parts.take(MAX_BLOCKS) {
                self.flush();
                self.words(part);
            }
        } else {
            self.words(text);
        }
    }

    fn words(&mut self, text: &str) {
        if self.breaks > 0 && !text.trim_ascii().is_empty() {
            self.break_line();
        }
        let text = unescape(text);
        let before = self.line.len();
        let out = &mut self.line;
        let mut spaced = out.is_empty() || out.ends_with(' ');
        for c in text.chars() {
            match c {
                '\u{ad}' | '\u{200b}' | '\u{feff}' | '\0' => {}
                _ if c.is_whitespace() || c.is_control() => {
                    if !spaced {
                        out.push(' ');
                    }
                    spaced = true;
                }
                _ => {
                    out.push(c);
                    spaced = false;
                }
            }
        }
        if self.links > 0 {
            self.link_bytes += out.len() - before;
        }
    }

    /// A line break parts blocks where it is doubled or a sentence ends before it, and words elsewhere.
    fn break_line(&mut self) {
        let ends = self.line.trim_end().ends_with(['.', '!', '?', ':', '"', '”', '。', '！', '？', '…']);
        if self.breaks > 1 || ends {
            self.flush();
        } else if !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
        self.breaks = 0;
    }

    fn open(&mut self, tag: Tag<'_>) -> Result<(), UnreadableHtml> {
        let name = Name::of(tag.name);
        match sort_of(name.as_str()) {
            Sort::Inline => {}
            Sort::Void => self.void(name, tag),
            sort => {
                if matches!(sort, Sort::Block) {
                    self.close_implied(name);
                    self.flush();
                }
                self.push(name, sort, tag)?;
            }
        }
        Ok(())
    }

    fn void(&mut self, name: Name, tag: Tag<'_>) {
        match name.as_str() {
            "br" => self.breaks += 1,
            "hr" => self.flush(),
            "meta" => self.meta(tag),
            _ => {}
        }
    }

    fn meta(&mut self, tag: Tag<'_>) {
        let (mut property, mut content) = ("", "");
        for (name, value) in tag.attributes().take(16) {
            if name.eq_ignore_ascii_case("property") || name.eq_ignore_ascii_case("name") {
                property = value;
            } else if name.eq_ignore_ascii_case("content") {
                content = value;
            }
        }
        let place = match property {
            "og:title" => &mut self.page.titles[0],
            "og:site_name" => &mut self.page.site_name,
            _ => return,
        };
        if place.is_empty() {
            *place = folded(clipped(content));
        }
    }

    fn push(&mut self, name: Name, sort: Sort, tag: Tag<'_>) -> Result<(), UnreadableHtml> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(UnreadableHtml::TooDeep);
        }
        let mut place = Place::of(name.as_str());
        let mut near = Kinds::default();
        let mut is_skipped = sort == Sort::Skipped;
        let mut style = 0xcbf2_9ce4_8422_2325;
        let mut mix = |bytes: &[u8]| {
            for &byte in bytes {
                style = (style ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        mix(&name.0);
        for (attribute, value) in tag.attributes().take(32) {
            match attribute {
                "class" | "id" | "CLASS" | "ID" | "data-component" | "data-component-name" => {
                    near = near.with(Kinds::of(&value[..value.floor_char_boundary(NAME_BYTES)]));
                    if !attribute.eq_ignore_ascii_case("id") {
                        mix(&value.as_bytes()[..value.len().min(NAME_BYTES)]);
                    }
                }
                "itemprop" if value.eq_ignore_ascii_case("articleBody") => place = place.with(Place::ARTICLE_BODY),
                "hidden" => place = place.with(Place::HIDDEN),
                "aria-hidden" if value == "true" => place = place.with(Place::HIDDEN),
                "style" if value.contains("display:none") || value.contains("display: none") => {
                    place = place.with(Place::HIDDEN);
                }
                "role" => {
                    place = place.with(match value {
                        "navigation" | "menu" => Place::NAVIGATION,
                        "contentinfo" => Place::FOOTER,
                        "complementary" => Place::ASIDE,
                        "banner" => Place::HEADER,
                        "main" => Place::MAIN,
                        "dialog" | "alertdialog" => {
                            is_skipped = true;
                            Place::HIDDEN
                        }
                        _ => Place::default(),
                    });
                }
                _ => {}
            }
        }
        let above = self.stack.last();
        let far = above.map_or(near, |above| above.far.with(near));
        place = above.map_or(place, |above| above.place.with(place));
        let parent = above.map_or(0, |above| above.element);
        let mut element = parent;
        if sort == Sort::Block {
            element = u32::try_from(self.page.parents.len()).unwrap_or(u32::MAX);
            self.page.parents.push(parent);
        }
        self.skipped += usize::from(is_skipped);
        self.links += usize::from(sort == Sort::Link);
        self.preformatted += usize::from(name.is("pre"));
        *self.open.entry(name).or_default() += 1;
        self.stack.push(Open { name, element, place, near, far, is_skipped, is_block: sort == Sort::Block, style });
        Ok(())
    }

    /// Closes what HTML lets a new element close: a paragraph, an item, a row.
    fn close_implied(&mut self, name: Name) {
        let (closes, within): (&[&str], &[&str]) = match name.as_str() {
            "li" => (&["li"], &["ul", "ol"]),
            "dd" | "dt" => (&["dd", "dt"], &["dl"]),
            "tr" => (&["tr", "td", "th"], &["table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            _ => (&[], &[]),
        };
        if self.stack.last().is_some_and(|last| last.name.is("p")) {
            self.pop();
        }
        let found = self
            .stack
            .iter()
            .rev()
            .take(8)
            .take_while(|open| !within.contains(&open.name.as_str()))
            .position(|open| closes.contains(&open.name.as_str()));
        for _ in 0..found.map_or(0, |found| found + 1) {
            self.pop();
        }
    }

    fn close(&mut self, name: Name) {
        let sort = sort_of(name.as_str());
        if sort == Sort::Block {
            self.flush();
        }
        if self.open.get(&name).is_none_or(|&open| open == 0) {
            return;
        }
        // Past the end of another block a link or a skipped element does not reach.
        while let Some(last) = self.stack.last() {
            let is_it = last.name == name;
            if !is_it && last.is_block && sort != Sort::Block {
                break;
            }
            self.pop();
            if is_it {
                break;
            }
        }
    }

    fn pop(&mut self) {
        let Some(last) = self.stack.last() else { return };
        if last.is_block {
            self.flush();
        }
        let Some(last) = self.stack.pop() else { return };
        self.skipped -= usize::from(last.is_skipped);
        self.links -= usize::from(last.name.is("a"));
        self.preformatted -= usize::from(last.name.is("pre"));
        if let Some(open) = self.open.get_mut(&last.name) {
            *open -= 1;
        }
    }

    /// Ends the block.
    fn flush(&mut self) {
        self.breaks = 0;
        let len = self.line.trim_end().len();
        self.line.truncate(len);
        let link_bytes = std::mem::take(&mut self.link_bytes);
        if len == 0 {
            return;
        }
        let begin = self.page.text.len();
        self.page.text.push_str(&self.line);
        let mut block = Block { span: Span::new(begin, self.page.text.len()), link_bytes, ..Block::default() };
        self.page.text.push('\n');
        if let Some(last) = self.stack.last() {
            (block.place, block.far, block.element) = (last.place, last.far, last.element);
        }
        for open in self.stack.iter().rev().filter(|open| open.is_block).take(2) {
            block.near = block.near.with(open.near);
            block.style = block.style.rotate_left(7) ^ open.style;
        }
        if block.place.any(Place::TOP_HEADING) && self.page.titles[1].is_empty() {
            self.page.titles[1].push_str(clipped(&self.line));
        }
        self.line.clear();
        self.page.blocks.push(block);
    }
}

fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(TITLE_BYTES)]
}

/// White space folded, character references resolved.
fn folded(text: &str) -> String {
    unescape(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
