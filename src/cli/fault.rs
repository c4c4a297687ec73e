//! How a command fails.

use std::io;

use crate::grpc::pb::v1::ItemError;

/// Why a command ended early.
#[derive(Debug)]
pub(super) enum Failure {
    /// Whoever reads the output has heard enough.
    NobodyReads,
    /// The work failed; in words.
    Told(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::NobodyReads,
            _ => Self::Told(error.to_string()),
        }
    }
}

impl From<ItemError> for Failure {
    fn from(error: ItemError) -> Self {
        Self::Told(error.message)
    }
}
