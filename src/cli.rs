//! The command line.

use std::{io::Write as _, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    config::ServeArgs,
    server::{self, ProbeArgs},
};

#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service.
    Serve(Box<ServeArgs>),
    /// Ask a server's health; exit 0 only on SERVING.
    Probe(ProbeArgs),
}

/// Runs the command that the process's arguments name.
#[must_use]
pub fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(args) => server::run(&args, print, complain),
        Command::Probe(args) => server::run_probe(&args, complain),
    }
}

fn print(text: &str) {
    // A reader that hangs up wants no more.
    let _hung_up = std::io::stdout().write_all(text.as_bytes());
}

fn complain(fault: &str) {
    let _hung_up = writeln!(std::io::stderr(), "pullquote: {fault}");
}
