//! The contract's service over the core.
//!
//! A call comes into `service`, is admitted by `admission`, computed by `compute` where it fits, by way of `method` and
//! `convert`; whatever goes wrong is a [`status::Fault`].

pub mod pb;

#[cfg(feature = "server")]
pub mod admission;
#[cfg(feature = "server")]
pub(crate) mod arriving;
#[cfg(feature = "server")]
pub mod compute;
#[cfg(feature = "server")]
pub mod context;
#[cfg(feature = "server")]
pub mod convert;
#[cfg(feature = "server")]
pub mod deadline;
#[cfg(feature = "server")]
pub mod method;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
pub mod status;
#[cfg(feature = "server")]
mod stream;
