//! Finds sentences that say again what another one says.
