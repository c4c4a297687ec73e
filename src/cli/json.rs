//! Answers as JSON.

use std::{
    io::{self, Write},
    sync::LazyLock,
};

use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use serde::{Serialize, Serializer, ser::Error as _};

use crate::grpc::pb;

/// A message as its canonical protobuf JSON.
#[derive(Debug)]
pub(super) struct Canonical<'a, M> {
    pub(super) message: &'a M,
    /// The message's full name.
    pub(super) name: &'static str,
    /// Whether fields that hold their default are written too.
    pub(super) emit_defaults: bool,
}

static DESCRIPTORS: LazyLock<Result<DescriptorPool, String>> =
    LazyLock::new(|| DescriptorPool::decode(pb::DESCRIPTORS).map_err(|error| error.to_string()));

impl<M: prost::Message + Serialize> Serialize for Canonical<'_, M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.emit_defaults {
            return self.message.serialize(serializer);
        }
        // What pbjson generates leaves defaults out, always.
        let pool = DESCRIPTORS.as_ref().map_err(S::Error::custom)?;
        let descriptor = pool.get_message_by_name(self.name).ok_or_else(|| S::Error::custom(self.name))?;
        let bytes = self.message.encode_to_vec();
        let message = DynamicMessage::decode(descriptor, bytes.as_slice()).map_err(S::Error::custom)?;
        message.serialize_with_options(serializer, &SerializeOptions::new().skip_default_fields(false))
    }
}

/// Writes `value` for people and programs alike, ending in a line break.
pub(super) fn write_pretty(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}
