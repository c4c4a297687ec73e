//! An article a line: all cores, answers in the order of the lines, memory bounded.
//!
//! One thread reads batches of lines and gives each a slot in the queue of answers, many work on them, and the main
//! thread writes what comes out of the slots. Both queues are bounded, so whoever is too fast waits.

use std::{
    io::{self, BufRead as _, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::{
    article::{self, Input, Reader},
    fault::Failure,
    json::Canonical,
    task::Task,
};
use crate::grpc::{pb::v1 as pb, status::Fault};

/// Handing a batch over costs as much as a very small article, so lines travel together up to this size.
const BATCH_BYTES: usize = 1 << 15;

/// Batches in flight for each worker: enough that none waits for a slow one in front of the queue.
const BATCHES_PER_WORKER: usize = 4;

/// Lines that are worked on together.
struct Batch {
    /// The number of the first line, from 1.
    first_number: u64,
    lines: Vec<Vec<u8>>,
    answers: mpsc::SyncSender<Answers>,
}

/// The answers to a batch, a line each.
struct Answers {
    text: Vec<u8>,
    read_bytes: u64,
    line_count: u64,
}

/// The answers to come, in the order of the lines; or why reading ended.
type Slots = mpsc::Receiver<io::Result<mpsc::Receiver<Answers>>>;

/// Does `task` with every line of its input.
pub(super) fn answer_lines<T: Task>(task: T) -> Result<(), Failure> {
    let Input { reader, size_bytes } = article::open(task.article_args())?;
    let at_once = task.at_once();
    let window = at_once * BATCHES_PER_WORKER;
    let (batches, work) = mpsc::sync_channel::<Batch>(window);
    let (slots, answers) = mpsc::sync_channel(window);
    let work = Arc::new(Mutex::new(work));
    let task = Arc::new(task);
    for _ in 0..at_once {
        let (work, task) = (Arc::clone(&work), Arc::clone(&task));
        thread::Builder::new().spawn(move || {
            loop {
                let batch = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(batch) = batch else { return };
                let answers = answer_batch(&*task, &batch);
                // The writer is gone when nobody reads any more.
                let _unheard = batch.answers.send(answers);
            }
        })?;
    }
    thread::Builder::new().spawn(move || read_batches(reader, &batches, &slots))?;
    let progress = progress_bar(size_bytes);
    let outcome = write_answers(&answers, &progress);
    progress.finish_and_clear();
    outcome
}

/// Reads batches until the input ends or nobody wants more.
fn read_batches(
    mut reader: Reader,
    batches: &mpsc::SyncSender<Batch>,
    slots: &mpsc::SyncSender<io::Result<mpsc::Receiver<Answers>>>,
) {
    let mut first_number = 1;
    loop {
        let (lines, end) = read_batch(&mut reader);
        if lines.is_empty() && end.is_ok() {
            return;
        }
        let line_count = lines.len() as u64;
        let (answers, slot) = mpsc::sync_channel(1);
        let is_heard = slots.send(Ok(slot)).is_ok() && batches.send(Batch { first_number, lines, answers }).is_ok();
        if let Err(error) = end {
            let _unheard = slots.send(Err(error));
            return;
        }
        if !is_heard {
            return;
        }
        first_number += line_count;
    }
}

/// Reads lines up to a batch's size, but waits for none: whoever sends one line and wants its answer gets it.
fn read_batch(reader: &mut Reader) -> (Vec<Vec<u8>>, io::Result<()>) {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    loop {
        let mut line = Vec::new();
        match reader.read_until(b'\n', &mut line) {
            Ok(0) => return (lines, Ok(())),
            Ok(_) => {}
            Err(error) => return (lines, Err(error)),
        }
        bytes += line.len();
        lines.push(line);
        // Asking an empty buffer would wait for input.
        if bytes >= BATCH_BYTES || !reader.buffer().contains(&b'\n') {
            return (lines, Ok(()));
        }
    }
}

fn answer_batch<T: Task>(task: &T, batch: &Batch) -> Answers {
    let mut answers = Answers { text: Vec::new(), read_bytes: 0, line_count: 0 };
    for (line, number) in batch.lines.iter().zip(batch.first_number..) {
        answers.read_bytes += line.len() as u64;
        answers.line_count += 1;
        let (id, article) = article::from_line(line, number);
        // A panic is one line's failure, as at the server it is one call's. Its message goes to standard error.
        let outcome = catch_unwind(AssertUnwindSafe(|| article.and_then(|article| task.answer(article))))
            .unwrap_or_else(|_| Err(Fault::Internal.item_error()));
        write_line::<T>(
            &mut answers.text,
            &id,
            &outcome.map(|answer| answer.response),
            task.article_args().emit_defaults,
        );
    }
    answers
}

/// What is written of one line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Outcome<R, E> {
    Response(R),
    Error(E),
}

#[derive(Serialize)]
struct AnswerLine<'a, R, E> {
    id: &'a str,
    #[serde(flatten)]
    outcome: Outcome<R, E>,
}

fn write_line<T: Task>(
    text: &mut Vec<u8>,
    id: &str,
    outcome: &Result<T::Response, pb::ItemError>,
    emit_defaults: bool,
) {
    let outcome = match outcome {
        Ok(response) => Outcome::Response(T::json(response, emit_defaults)),
        Err(error) => Outcome::Error(Canonical { message: error, name: "pullquote.v1.ItemError", emit_defaults }),
    };
    // Nothing here fails to serialise, nor does a vector fail to take it.
    let _written = serde_json::to_writer(&mut *text, &AnswerLine { id, outcome });
    text.push(b'\n');
}

/// Writes the answers as they come out of their slots. Standard output passes whole lines on at once.
fn write_answers(slots: &Slots, progress: &ProgressBar) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let mut line_count = 0;
    for slot in slots {
        let answers =
            slot?.recv().map_err(|mpsc::RecvError| Failure::Told("a thread that computes is gone".to_owned()))?;
        out.write_all(&answers.text)?;
        line_count += answers.line_count;
        progress.inc(answers.read_bytes);
        progress.set_message(line_count.to_string());
    }
    out.flush()?;
    Ok(())
}

/// On standard error, and only where that is a terminal.
fn progress_bar(size_bytes: Option<u64>) -> ProgressBar {
    let template = match size_bytes {
        Some(_) => "{msg} articles {wide_bar} {bytes} of {total_bytes}, {eta} left",
        None => "{spinner} {msg} articles, {bytes} in {elapsed}",
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let progress = ProgressBar::with_draw_target(size_bytes, ProgressDrawTarget::stderr()).with_style(style);
    progress.set_message("0");
    progress
}
