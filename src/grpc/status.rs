//! The faults a call can end in, and how each is told: the only place that makes a status.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

use std::{collections::HashMap, time::Duration};

use tonic::{
    Code, Status,
    metadata::{MetadataMap, MetadataValue},
};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::pb::v1 as pb;

/// The domain of every [`tonic_types::ErrorInfo`].
pub const DOMAIN: &str = "pullquote.v1";

/// The trailer that tells gRPC's own retries how long to stay away.
pub const RETRY_PUSHBACK: &str = "grpc-retry-pushback-ms";

/// Longer messages and details endanger the reply itself: peers bound the size of its headers.
const MAX_MESSAGE_BYTES: usize = 1 << 10;
const MAX_DETAILS_BYTES: usize = 4 << 10;
/// What error info, retry info and the framing of details take of that.
const MAX_VIOLATIONS_BYTES: usize = MAX_DETAILS_BYTES - (1 << 9);

/// Why a call, or an item of a stream, has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request cannot be read as it stands.
    Invalid {
        /// What kind of fault it is as a whole.
        reason: InvalidReason,
        /// Every field at fault.
        violations: Vec<Violation>,
    },
    /// What came over plain HTTP is not what the protocol says: in words, for there is no field to name.
    Malformed(String),
    /// A message exceeds the transport's limit, compressed or not.
    MessageTooLarge {
        /// That limit.
        limit_bytes: usize,
    },
    /// The server is full.
    Overloaded {
        /// How long to stay away.
        retry_after: Duration,
    },
    /// The call's time is over.
    DeadlineExceeded,
    /// The caller is gone: nobody is told, but the call is counted.
    Cancelled,
    /// The server is going away.
    Draining,
    /// A key is asked for, and missing or wrong.
    BadApiKey,
    /// A panic, in this call alone.
    Internal,
}

/// What kind of fault an invalid request has as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidReason {
    /// A field is missing or out of its range.
    InvalidRequest,
    /// Fields are over their limits, and nothing else is wrong.
    TooLarge,
    /// The page nests too deeply or holds no text.
    UnreadableHtml,
}

/// A field at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its path in the request, such as `document.text`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

impl Fault {
    /// The status code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Invalid { .. } | Self::Malformed(_) => Code::InvalidArgument,
            Self::MessageTooLarge { .. } | Self::Overloaded { .. } => Code::ResourceExhausted,
            Self::DeadlineExceeded => Code::DeadlineExceeded,
            Self::Cancelled => Code::Cancelled,
            Self::Draining => Code::Unavailable,
            Self::BadApiKey => Code::Unauthenticated,
            Self::Internal => Code::Internal,
        }
    }

    /// The reason, for a program to read.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Invalid { reason: InvalidReason::InvalidRequest, .. } | Self::Malformed(_) => "INVALID_REQUEST",
            Self::Invalid { reason: InvalidReason::TooLarge, .. } => "TOO_LARGE",
            Self::Invalid { reason: InvalidReason::UnreadableHtml, .. } => "UNREADABLE_HTML",
            Self::MessageTooLarge { .. } => "MESSAGE_TOO_LARGE",
            Self::Overloaded { .. } => "OVERLOADED",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::Cancelled => "CANCELLED",
            Self::Draining => "DRAINING",
            Self::BadApiKey => "BAD_API_KEY",
            Self::Internal => "INTERNAL",
        }
    }

    /// What was wrong and what to do, for a person to read.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Invalid { violations, .. } => {
                let violations: Vec<String> = violations
                    .iter()
                    .map(|violation| format!("{}: {}", violation.field, violation.description))
                    .collect();
                truncated(violations.join("; "))
            }
            Self::Malformed(description) => truncated(description.clone()),
            Self::MessageTooLarge { limit_bytes } => {
                format!("the message is larger than {limit_bytes} bytes; send less text, or several calls")
            }
            Self::Overloaded { retry_after } => {
                format!("the server is full; try again in {} ms or later", retry_after.as_millis())
            }
            Self::DeadlineExceeded => "the call's time is over; allow more, or send less text".to_owned(),
            Self::Cancelled => "the caller is gone".to_owned(),
            Self::Draining => "the server is going away; call another one".to_owned(),
            Self::BadApiKey => "send a known key in the metadata: authorization: Bearer KEY".to_owned(),
            Self::Internal => "the server failed in this call; the fault is logged under its x-request-id".to_owned(),
        }
    }

    /// Every field at fault, as many as a status can carry.
    fn violations(&self) -> impl Iterator<Item = &Violation> {
        let violations: &[Violation] = match self {
            Self::Invalid { violations, .. } => violations,
            _ => &[],
        };
        let mut room = MAX_VIOLATIONS_BYTES;
        violations.iter().take_while(move |violation| {
            let bytes = violation.field.len() + violation.description.len() + 16;
            let fits = bytes <= room;
            room = room.saturating_sub(bytes);
            fits
        })
    }

    /// What a stream says of one item.
    #[must_use]
    pub fn item_error(&self) -> pb::ItemError {
        pb::ItemError {
            code: self.code() as i32,
            message: self.message(),
            reason: self.reason().to_owned(),
            field_violations: self
                .violations()
                .map(|violation| pb::FieldViolation {
                    field: violation.field.clone(),
                    description: violation.description.clone(),
                })
                .collect(),
        }
    }
}

impl From<Fault> for Status {
    fn from(fault: Fault) -> Self {
        let mut details = ErrorDetails::new();
        details.set_error_info(fault.reason(), DOMAIN, HashMap::new());
        for violation in fault.violations() {
            details.add_bad_request_violation(&violation.field, &violation.description);
        }
        let mut metadata = MetadataMap::new();
        if let Fault::Overloaded { retry_after } = fault {
            details.set_retry_info(Some(retry_after));
            let pushback = u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX);
            metadata.insert(RETRY_PUSHBACK, MetadataValue::from(pushback));
        }
        Self::with_error_details_and_metadata(fault.code(), fault.message(), details, metadata)
    }
}

/// A status that tonic made, put as the contract has it.
pub(crate) fn restate(status: Status, max_message_bytes: usize) -> Status {
    match status.code() {
        // Tonic says OUT_OF_RANGE of a message that is declared too long, RESOURCE_EXHAUSTED of one that turns out so
        // when decompressed.
        Code::OutOfRange | Code::ResourceExhausted if status.details().is_empty() => {
            Fault::MessageTooLarge { limit_bytes: max_message_bytes }.into()
        }
        _ => status,
    }
}

/// The longest beginning that a message may have.
fn truncated(mut message: String) -> String {
    if message.len() > MAX_MESSAGE_BYTES {
        message.truncate(message.floor_char_boundary(MAX_MESSAGE_BYTES - '…'.len_utf8()));
        message.push('…');
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_carries_its_code_and_reason() {
        let retry_after = Duration::from_millis(200);
        for (fault, code, reason) in [
            (invalid(InvalidReason::InvalidRequest, 1), Code::InvalidArgument, "INVALID_REQUEST"),
            (invalid(InvalidReason::TooLarge, 2), Code::InvalidArgument, "TOO_LARGE"),
            (invalid(InvalidReason::UnreadableHtml, 1), Code::InvalidArgument, "UNREADABLE_HTML"),
            (Fault::Malformed("no JSON".to_owned()), Code::InvalidArgument, "INVALID_REQUEST"),
            (Fault::MessageTooLarge { limit_bytes: 5 }, Code::ResourceExhausted, "MESSAGE_TOO_LARGE"),
            (Fault::Overloaded { retry_after }, Code::ResourceExhausted, "OVERLOADED"),
            (Fault::DeadlineExceeded, Code::DeadlineExceeded, "DEADLINE_EXCEEDED"),
            (Fault::Draining, Code::Unavailable, "DRAINING"),
            (Fault::BadApiKey, Code::Unauthenticated, "BAD_API_KEY"),
            (Fault::Internal, Code::Internal, "INTERNAL"),
        ] {
            let violations = fault.violations().count();
            let item = fault.item_error();
            let status = Status::from(fault);
            let details = status.get_error_details();
            assert_eq!(status.code(), code);
            assert_eq!(
                details.error_info().map(|info| (info.reason.as_str(), info.domain.as_str())),
                Some((reason, DOMAIN))
            );
            assert_eq!(details.bad_request().map_or(0, |request| request.field_violations.len()), violations);
            assert_eq!((item.code, item.reason.as_str()), (code as i32, reason));
            assert_eq!(item.message, status.message());
        }
    }

    #[test]
    fn overload_says_when_to_come_back() {
        let status = Status::from(Fault::Overloaded { retry_after: Duration::from_millis(200) });
        assert_eq!(status.metadata().get(RETRY_PUSHBACK).map(MetadataValue::as_bytes), Some(&b"200"[..]));
        let details = status.get_error_details();
        assert_eq!(details.retry_info().and_then(|info| info.retry_delay), Some(Duration::from_millis(200)));
    }

    #[test]
    fn however_much_is_wrong_the_status_stays_small() {
        let status = Status::from(invalid(InvalidReason::InvalidRequest, 1000));
        assert!(status.message().len() <= MAX_MESSAGE_BYTES, "{}", status.message().len());
        assert!(status.details().len() <= MAX_DETAILS_BYTES, "{}", status.details().len());
        assert!(status.get_error_details().bad_request().is_some_and(|request| request.field_violations.len() > 50));
    }

    fn invalid(reason: InvalidReason, count: usize) -> Fault {
        let violation = Violation { field: "document.text".to_owned(), description: "is bläñk ".repeat(2) };
        Fault::Invalid { reason, violations: vec![violation; count] }
    }
}
