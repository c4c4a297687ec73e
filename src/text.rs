//! What a span, a token and a sentence are.
//!
//! A word is read once and becomes an integer; from there on everything is arrays of integers and spans into the one
//! text.

pub mod language;
pub mod lexicon;
pub mod mark;
pub mod offset;
pub mod paragraph;
pub(crate) mod script;
pub mod sentence;
pub mod span;
mod stem;
pub mod token;
pub mod vocabulary;

pub use language::Language;
pub use lexicon::Class;
pub use mark::Mark;
pub use span::Span;
pub use token::Token;
pub use vocabulary::Vocabulary;
