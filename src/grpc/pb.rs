//! The generated messages, client and server.

#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    unused_qualifications,
    rustdoc::bare_urls,
    reason = "generated"
)]

/// Package `pullquote.v1`.
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/pullquote.v1.rs"));
    include!(concat!(env!("OUT_DIR"), "/pullquote.v1.serde.rs"));
}

/// Package `grpc.health.v1`.
#[cfg(any(feature = "client", feature = "server"))]
pub mod health {
    include!(concat!(env!("OUT_DIR"), "/grpc.health.v1.rs"));
}

/// The descriptors of both, with their comments.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
