//! Where log lines go: gathered for some milliseconds and written by a thread of their own, so that no call waits for
//! whoever reads them. A reader that stalls loses lines, and is told how many.

use std::{
    io::{self, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use tracing_subscriber::fmt::MakeWriter;

/// How long lines are gathered.
const GATHER: Duration = Duration::from_millis(10);
/// What is kept for a reader that stalls.
const MAX_BUFFERED_BYTES: usize = 4 << 20;

/// Takes lines; cloning it is cheap.
#[derive(Clone, Debug)]
pub(super) struct Lines(Arc<Buffer>);

/// Writes what is left when dropped.
#[derive(Debug)]
pub(super) struct Writer {
    buffer: Arc<Buffer>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Buffer {
    pending: Mutex<Pending>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Pending {
    lines: Vec<u8>,
    lost_count: usize,
    closed: bool,
}

impl Buffer {
    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for lines, and a little longer for more; none when closed.
    fn next(&self) -> Option<Vec<u8>> {
        let wait = |pending: &mut Pending| pending.lines.is_empty() && !pending.closed;
        let pending = self.changed.wait_while(self.lock(), wait).unwrap_or_else(PoisonError::into_inner);
        let gathering = self.changed.wait_timeout_while(pending, GATHER, |pending| !pending.closed);
        let (mut pending, _) = gathering.unwrap_or_else(PoisonError::into_inner);
        if pending.lines.is_empty() {
            return None;
        }
        if pending.lost_count > 0 {
            let lost = std::mem::take(&mut pending.lost_count);
            let told = format!("{{\"level\":\"WARN\",\"message\":\"log lines lost\",\"count\":{lost}}}\n");
            pending.lines.extend_from_slice(told.as_bytes());
        }
        Some(std::mem::take(&mut pending.lines))
    }
}

/// Starts the thread that writes to `output`.
pub(super) fn start(mut output: impl Write + Send + 'static) -> io::Result<(Lines, Writer)> {
    let buffer = Arc::new(Buffer::default());
    let thread = thread::Builder::new().name("log".to_owned()).spawn({
        let buffer = Arc::clone(&buffer);
        move || {
            while let Some(lines) = buffer.next() {
                // There is nowhere to tell of it.
                let _written = output.write_all(&lines).and_then(|()| output.flush());
            }
        }
    })?;
    Ok((Lines(Arc::clone(&buffer)), Writer { buffer, thread: Some(thread) }))
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.buffer.lock().closed = true;
        self.buffer.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It cannot panic; were it to, there is nothing left to do.
            let _ended = thread.join();
        }
    }
}

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut pending = self.0.lock();
        if pending.lines.len() + line.len() > MAX_BUFFERED_BYTES {
            pending.lost_count += 1;
            return Ok(line.len());
        }
        let is_first = pending.lines.is_empty();
        pending.lines.extend_from_slice(line);
        drop(pending);
        if is_first {
            self.0.changed.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::sync::mpsc;

    use super::*;

    struct Sent(mpsc::Sender<Vec<u8>>);

    impl Write for Sent {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn all_lines_are_written_in_order_before_it_ends() {
        let (sender, written) = mpsc::channel();
        let (mut lines, writer) = start(Sent(sender)).unwrap();
        for number in 0..100 {
            writeln!(lines, "{number}").unwrap();
        }
        drop(writer);
        let written: Vec<u8> = written.into_iter().flatten().collect();
        let written = String::from_utf8(written).unwrap();
        let numbers: Vec<u32> = written.lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(numbers, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn a_reader_that_stalls_loses_lines_and_is_told_how_many() {
        let (sender, written) = mpsc::channel();
        let buffer = Arc::new(Buffer::default());
        let mut lines = Lines(Arc::clone(&buffer));
        let line = vec![b'x'; 1 << 20];
        for _ in 0..6 {
            lines.write_all(&line).unwrap();
        }
        Sent(sender).write_all(&buffer.next().unwrap()).unwrap();
        let written = written.recv().unwrap();
        assert!(written.len() > 4 << 20 && written.len() < 5 << 20);
        assert!(written.ends_with(b"\"count\":2}\n"));
    }
}
