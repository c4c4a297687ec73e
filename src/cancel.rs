//! How a long computation learns that nobody waits for it any more.

/// A plain check that long loops ask from time to time.
#[derive(Clone, Copy)]
pub struct Cancel<'a>(Option<&'a (dyn Fn() -> bool + Sync)>);

/// The computation was stopped because its [`Cancel`] said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl<'a> Cancel<'a> {
    /// Never cancels.
    pub const NEVER: Cancel<'static> = Cancel(None);

    /// Cancels as soon as `is_cancelled` answers true. It is asked often, so it should only read a flag or a clock.
    #[must_use]
    pub fn when(is_cancelled: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self(Some(is_cancelled))
    }

    /// # Errors
    ///
    /// [`Cancelled`] when the computation should stop.
    pub fn check(self) -> Result<(), Cancelled> {
        match self.0 {
            Some(is_cancelled) if is_cancelled() => Err(Cancelled),
            _ => Ok(()),
        }
    }
}

impl std::fmt::Debug for Cancel<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Cancel::when(…)" } else { "Cancel::NEVER" })
    }
}

impl std::fmt::Display for Cancelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cancelled")
    }
}

impl std::error::Error for Cancelled {}
