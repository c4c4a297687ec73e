//! The transport around the service.
