//! Tells the headline from the body.
