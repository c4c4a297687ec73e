//! The command line: the same functions as the service's, in this process or at a server.
//!
//! `args` says what can be asked, `article` where articles come from, `task` what is done with each, `remote` does it at
//! a server, `jsonl` does it to many; `json` and `terminal` write the answers.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

mod args;
mod article;
mod fault;
mod json;
mod jsonl;
mod reading;
mod remote;
mod task;
mod terminal;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{
    config::ServeArgs,
    server::{self, ProbeArgs},
};
use args::{Format, QuotesArgs, ReadArgs, SummarizeArgs};
use fault::Failure;
use task::Task;
use terminal::Page;

/// Reads news articles: picks the sentences that say most, and finds who said what, all verbatim.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service
    Serve(Box<ServeArgs>),
    /// Pick the sentences of an article that say most
    Summarize(SummarizeArgs),
    /// Find the quotes of an article and who said each
    Quotes(QuotesArgs),
    /// Show how an article is read: title, sentences, what was left out
    Read(ReadArgs),
    /// Ask a server's health; exit 0 only on SERVING
    Probe(ProbeArgs),
}

/// Runs the command that the process's arguments name.
#[must_use]
pub fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(args) => server::run(&args, print, complain),
        Command::Probe(args) => server::run_probe(&args, complain),
        Command::Summarize(args) => exit_code(task::Summarize::new(args).and_then(perform)),
        Command::Quotes(args) => exit_code(task::Quotes::new(args).and_then(perform)),
        Command::Read(args) => exit_code(perform(task::Read::new(args))),
    }
}

/// Does `task` with the article, or with every line, that its arguments name.
fn perform<T: Task>(task: T) -> Result<(), Failure> {
    let args = task.article_args();
    if args.jsonl {
        return jsonl::answer_lines(task);
    }
    let (format, emit_defaults) = (args.format, args.emit_defaults);
    let answer = task.answer(article::from_file(args)?)?;
    match format {
        Format::Json => {
            let mut out = io::stdout().lock();
            json::write_pretty(&mut out, &T::json(&answer.response, emit_defaults))?;
            out.flush()?;
            // The response has no place for them.
            let mut page = Page::stderr();
            page.notes(&answer.notes);
            page.flush()?;
        }
        Format::Text => {
            let mut page = Page::stdout();
            task.show(&answer, &mut page);
            page.flush()?;
        }
    }
    Ok(())
}

/// 0 when it is done or whoever reads the output has heard enough, 1 when it failed.
fn exit_code(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) | Err(Failure::NobodyReads) => ExitCode::SUCCESS,
        Err(Failure::Told(message)) => {
            complain(&message);
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) {
    // A reader that hangs up wants no more.
    let _hung_up = io::stdout().write_all(text.as_bytes());
}

fn complain(fault: &str) {
    let _hung_up = writeln!(io::stderr(), "pullquote: {fault}");
}
