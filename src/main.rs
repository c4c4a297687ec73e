//! The `pullquote` binary.

fn main() {}
