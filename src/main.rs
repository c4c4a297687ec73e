//! The `pullquote` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    pullquote::cli::run()
}
