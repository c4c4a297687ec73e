//! Certificates and keys are read again on SIGHUP and when their files change. A bad file keeps the old ones.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{api_keys::ApiKeys, tls::Certificates};
use crate::config::Config;

/// What can be replaced while serving.
#[derive(Clone, Debug)]
pub(crate) struct Reloadable {
    pub(crate) config: Arc<Config>,
    pub(crate) certificates: Option<Arc<Certificates>>,
    pub(crate) api_keys: Option<Arc<ApiKeys>>,
}

impl Reloadable {
    /// Watches the files until it is dropped.
    pub(crate) async fn watch(self) {
        if self.certificates.is_none() && self.api_keys.is_none() {
            return std::future::pending().await;
        }
        let mut hangup = Hangup::listen();
        let mut seen = self.state_of_files();
        loop {
            let asked = tokio::select! {
                () = hangup.heard() => true,
                () = tokio::time::sleep(self.config.reload_interval) => false,
            };
            let state = self.state_of_files();
            if asked || state != seen {
                seen = state;
                self.reload();
            }
        }
    }

    fn reload(&self) {
        let told = |what: &str, result: Result<(), String>| match result {
            Ok(()) => tracing::info!(what, "read again"),
            Err(fault) => tracing::error!(what, fault, "cannot be read again, the old ones stay"),
        };
        if let Some(certificates) = &self.certificates {
            told("certificates", certificates.reload(&self.config));
        }
        if let (Some(keys), Some(path)) = (&self.api_keys, &self.config.api_keys) {
            told("api keys", keys.reload(path));
        }
    }

    /// When each file was last written, and its size.
    fn state_of_files(&self) -> Vec<Option<(SystemTime, u64)>> {
        let config = &self.config;
        let files: [&Option<PathBuf>; 4] = [&config.tls_cert, &config.tls_key, &config.tls_client_ca, &config.api_keys];
        files
            .into_iter()
            .flatten()
            .map(|path| std::fs::metadata(path).ok().and_then(|file| Some((file.modified().ok()?, file.len()))))
            .collect()
    }
}

/// SIGHUP, where it can be listened for.
struct Hangup(Option<tokio::signal::unix::Signal>);

impl Hangup {
    fn listen() -> Self {
        let hangup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup());
        if let Err(error) = &hangup {
            tracing::warn!(%error, "cannot listen for SIGHUP, files are read again only when they change");
        }
        Self(hangup.ok())
    }

    async fn heard(&mut self) {
        match &mut self.0 {
            Some(hangup) => {
                hangup.recv().await;
            }
            None => tokio::time::sleep(Duration::MAX).await,
        }
    }
}
