// The page: what is typed, asked and shown. Everything an article holds is shown as text.

import { Article, isRightToLeft, spanOf } from "/article.js";
import { CallError, call, command, useKey } from "/call.js";
import { CONTROL_OF, control, readState, requests, showState, stateOfControls, writeState } from "/controls.js";
import { Strip } from "/strip.js";
import { showSummary } from "/summary.js";
import { isOf, meaning, showCard, showQuotes, showSpeakers, voiceOf } from "/voices.js";

const DEBOUNCE_MILLIS = 250;
/** What takes longer is worth a word. */
const SLOW_MILLIS = 400;
const MOST_FILE_BYTES = 5 << 20;

const byId = (id) => document.getElementById(id);
const source = byId("source");
const status = byId("status");

let state = readState();
/** The article. What is edited follows it only when it is shown: to be given many lines takes a browser long. */
let article = source.value;
let isSourceStale = false;
let timer = 0;
let current = new AbortController();
/** The last answers by method and request: a change asks only for what it changes. */
let answers = new Map();
let view = { article: null, summary: null, quotes: null };

const strip = new Strip((sentence) => view.article?.goTo(elementOf(sentence)));

function elementOf(sentence) {
  return view.article?.sentences.get(sentence.sentenceIndex ?? 0)?.[0];
}

/** Asks anew, soon or at once; what was under way is dropped. */
function change(delay = DEBOUNCE_MILLIS) {
  clearTimeout(timer);
  current.abort();
  timer = setTimeout(refresh, delay);
}

async function refresh() {
  current = new AbortController();
  const { signal } = current;
  const text = article.toWellFormed?.() ?? article;
  document.body.toggleAttribute("data-empty", text.trim() === "");
  clearFaults();
  if (text.trim() === "") return showNothing();
  const slow = setTimeout(() => { status.textContent = "Reading…"; }, SLOW_MILLIS);
  document.body.ariaBusy = "true";
  const asked = requests(state, text);
  const kept = new Map();
  const [summary, salience, quotes] = await Promise.all([
    ask("Summarize", asked.summary, kept, signal),
    ask("Summarize", asked.salience, kept, signal),
    ask("ExtractQuotes", asked.quotes, kept, signal),
  ]);
  clearTimeout(slow);
  if (signal.aborted) return;
  answers = kept;
  await show(text, summary, salience, quotes, signal);
  if (!signal.aborted) document.body.ariaBusy = "false";
}

/** A call's outcome: `{ answer, millis }` or `{ error }`. */
function ask(method, request, kept, signal) {
  const key = `${method} ${JSON.stringify(request)}`;
  const outcome = answers.get(key) ?? call(method, request, signal).catch((error) => {
    answers.delete(key);
    kept.delete(key);
    return { error };
  });
  kept.set(key, outcome);
  return outcome;
}

async function show(text, summary, salience, quotes, signal) {
  for (const { error } of [quotes, summary]) if (error) tellFault(error);
  if (salience.error && !summary.error) tellFault(salience.error);
  const read = summary.answer ?? salience.answer ?? quotes.answer;
  view.quotes = quotes.answer ?? null;
  view.summary = summary.answer ?? null;
  showSummary(view.summary, goToSentence, Boolean(summary.error));
  showVoices();
  const times = [["summary", summary], ["quotes", quotes]].filter(([, { answer }]) => answer);
  status.textContent = times.length > 0
    ? `On the server: ${times.map(([name, { millis }]) => `${name} ${millis < 10 ? millis.toFixed(1) : Math.round(millis)} ms`).join(" · ")}`
    : "No answer";
  byId("article-empty").hidden = Boolean(read);
  if (!read) {
    view.article = null;
    byId("text").replaceChildren();
    strip.show([], [], 0, false);
    return;
  }
  const sentences = union(salience.answer?.sentences ?? [], summary.answer?.sentences ?? []);
  const reading = {
    text: state.kind === "html" ? read.extractedText ?? "" : text,
    title: read.title ?? "",
    isHtml: state.kind === "html",
    boilerplate: read.boilerplate ?? [],
    quotes: quotes.answer?.quotes ?? [],
    sentences,
  };
  byId("text").lang = read.languageCode && read.languageCode !== "und" ? read.languageCode : "";
  byId("text").dir = isRightToLeft(reading.text) ? "rtl" : "ltr";
  if (!isSame(reading, view.article?.reading)) {
    view.article = new Article(byId("text"), reading, voiceOf);
    await view.article.render(signal);
    if (signal.aborted) {
      view.article = null;
      return;
    }
  }
  view.article.choose(summary.answer?.sentences ?? []);
  view.article.filter((quote) => isOf(quote, view.quotes?.speakers ?? [], state.speaker));
  strip.show(sentences, summary.answer?.sentences ?? [], read.sentenceCount ?? 0, byId("text").dir === "rtl");
}

/** All sentences that any answer knows, in reading order. */
function union(all, chosen) {
  const known = new Set(all.map((sentence) => sentence.sentenceIndex ?? 0));
  const missing = chosen.filter((sentence) => !known.has(sentence.sentenceIndex ?? 0));
  if (missing.length === 0) return all;
  return [...all, ...missing].sort((a, b) => spanOf(a.text).begin - spanOf(b.text).begin);
}

function isSame(reading, last) {
  return last && ["text", "title", "isHtml", "quotes"].every((name) => reading[name] === last[name])
    && reading.sentences.length === last.sentences.length
    && reading.sentences.every((sentence, at) => sentence === last.sentences[at]);
}

function showNothing() {
  answers.clear();
  view = { article: null, summary: null, quotes: null };
  status.textContent = "";
  document.body.ariaBusy = "false";
  byId("text").replaceChildren();
  byId("article-empty").hidden = false;
  showSummary(null, goToSentence);
  showVoices();
  strip.show([], [], 0, false);
}

function showVoices() {
  const speakers = view.quotes?.speakers ?? [];
  if (state.speaker !== "" && view.quotes && !speakers.some(({ name }) => name === state.speaker)) setState({ speaker: "" });
  showSpeakers(view.quotes, state.speaker, chooseSpeaker);
  const indexed = (view.quotes?.quotes ?? []).map((quote, index) => [quote, index]);
  showQuotes(indexed.filter(([quote]) => isOf(quote, speakers, state.speaker)), goToQuote);
}

function chooseSpeaker(name) {
  const at = [...byId("speakers").querySelectorAll("button")].indexOf(document.activeElement);
  setState({ speaker: name });
  showVoices();
  view.article?.filter((quote) => isOf(quote, view.quotes.speakers ?? [], name));
  byId("speakers").querySelectorAll("button")[at]?.focus();
}

function goToSentence(sentence) {
  setView("read");
  view.article?.goTo(elementOf(sentence));
}

function goToQuote(index) {
  setView("read");
  view.article?.light(index);
  view.article?.goTo(view.article.quotes[index].runs[0]);
}

// What went wrong, next to what caused it.

function clearFaults() {
  for (const fault of document.querySelectorAll(".fault[id]")) fault.textContent = "";
  for (const input of document.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  byId("key-form").hidden = true;
}

function tellFault(error) {
  if (error.name === "AbortError") return;
  const fault = error instanceof CallError ? error : new CallError("unknown", "This page failed. Reload it and try again.");
  const owned = fault.violations.filter(({ field }) => field in CONTROL_OF);
  for (const { field, description } of owned) {
    const name = CONTROL_OF[field];
    const label = control(name).labels[0].firstChild.textContent.trim();
    byId(`fault-${name}`).textContent = `${label}: ${description}.`;
    control(name).ariaInvalid = "true";
  }
  if (owned.length > 0 && owned.length === fault.violations.length) return;
  byId("fault").textContent = fault.message;
  byId("key-form").hidden = fault.code !== "unauthenticated";
  if (fault.violations.some(({ field }) => field.startsWith("document"))) source.ariaInvalid = "true";
}

// What is asked for.

function setState(changes) {
  state = { ...state, ...changes };
  writeState(state);
}

function setView(name) {
  document.body.dataset.view = name;
  if (name === "write" && isSourceStale) {
    source.value = article;
    isSourceStale = false;
  }
  for (const button of document.querySelectorAll(".views button")) button.ariaPressed = button.dataset.view === name;
  if (name === "read") strip.draw();
}

/** Takes an article from elsewhere than the keyboard, and shows it as it is read. */
function take(text, kind, example = "") {
  // As what is edited has them, so that offsets stay.
  article = text.replace(/\r\n?/g, "\n");
  isSourceStale = true;
  setView("read");
  setState({ kind, example });
  showState(state);
  byId("example").value = example;
  change(0);
}

const kindOf = (text, name = "") => (/\.html?$/i.test(name) || /^\s*<(!doctype html|html)[\s>]/i.test(text) ? "html" : "text");

async function takeFile(file) {
  if (file.size > MOST_FILE_BYTES) {
    byId("fault").textContent = `${file.name} has ${(file.size / 1048576).toFixed(1)} MiB; the server takes 5 at most.`;
    return;
  }
  const text = decode(await file.arrayBuffer());
  take(text, kindOf(text, file.name));
}

/** A file's text, in UTF-8, UTF-16 or what its page says; older pages that say nothing are in Windows-1252. */
function decode(bytes) {
  const begin = new Uint8Array(bytes.slice(0, 2));
  if ((begin[0] === 0xff && begin[1] === 0xfe) || (begin[0] === 0xfe && begin[1] === 0xff)) {
    return new TextDecoder(begin[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const latin = new TextDecoder("windows-1252").decode(bytes);
    const named = /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(latin.slice(0, 2048))?.[1];
    try {
      return new TextDecoder(named ?? "windows-1252").decode(bytes);
    } catch {
      return latin;
    }
  }
}

async function takeExample(name) {
  try {
    const response = await fetch(`/examples/${encodeURIComponent(name)}`);
    if (!response.ok) throw new Error(response.statusText);
    const text = await response.text();
    take(text, kindOf(text, name), name);
  } catch {
    byId("fault").textContent = "There is no such example here. Pick another one.";
  }
}

source.addEventListener("input", (event) => {
  article = source.value;
  setState({ example: "" });
  byId("example").value = "";
  const isPasted = event.inputType === "insertFromPaste" || event.inputType === "insertFromDrop";
  if (isPasted) {
    const kind = kindOf(source.value);
    if (kind === "html") setState({ kind });
    showState(state);
    if (document.body.hasAttribute("data-empty")) setView("read");
  }
  change(isPasted ? 0 : DEBOUNCE_MILLIS);
});

for (const form of document.querySelectorAll(".controls")) {
  form.addEventListener("input", (event) => {
    setState(stateOfControls(state));
    tellConfidence();
    change(event.target.type === "checkbox" || event.target.tagName === "SELECT" ? 0 : DEBOUNCE_MILLIS);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}
document.querySelector(".kind").addEventListener("change", () => {
  setState(stateOfControls(state));
  change(0);
});
document.querySelector(".views").addEventListener("click", ({ target }) => {
  if (!target.dataset.view) return;
  setView(target.dataset.view);
  if (target.dataset.view === "write") source.focus();
});
byId("example").addEventListener("change", ({ target }) => target.value && takeExample(target.value));
for (const button of document.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => takeExample(button.dataset.example).then(() => byId("article").focus()));
}
byId("open").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", ({ target }) => {
  if (target.files[0]) takeFile(target.files[0]);
  target.value = "";
});
addEventListener("dragover", (event) => {
  if (event.dataTransfer?.types.includes("Files")) {
    event.preventDefault();
    document.body.toggleAttribute("data-drop", true);
  }
});
addEventListener("dragleave", (event) => !event.relatedTarget && document.body.removeAttribute("data-drop"));
addEventListener("drop", (event) => {
  document.body.removeAttribute("data-drop");
  const file = event.dataTransfer?.files[0];
  if (!file) return;
  event.preventDefault();
  takeFile(file);
});
byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  useKey(byId("key").value.trim());
  answers.clear();
  change(0);
});
addEventListener("hashchange", () => {
  const { example } = state;
  state = readState();
  showState(state);
  tellConfidence();
  if (state.example && state.example !== example) takeExample(state.example);
  else change(0);
});

// Quotes in the article.

for (const [enter, leave] of [["mouseover", "mouseleave"], ["focusin", "focusout"]]) {
  byId("text").addEventListener(enter, ({ target }) => lightAt(target.closest?.("[data-quote]")));
  byId("text").addEventListener(leave, () => lightAt(null));
}
byId("text").addEventListener("keydown", (event) => {
  const run = event.target.closest("[data-quote]");
  if (run && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    lightAt(run);
  }
});
addEventListener("keydown", ({ key }) => key === "Escape" && lightAt(null));

function lightAt(run) {
  if (!view.article) return;
  const isShown = run && !run.classList.contains("off");
  const index = isShown ? Number(run.dataset.quote) : null;
  view.article.light(index);
  showCard(isShown ? view.article.reading.quotes[index] : null, run);
}

// The same call for a shell.

for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const asked = requests(state, article.toWellFormed?.() ?? article);
    const request = button.dataset.copy === "Summarize" ? asked.summary : asked.quotes;
    const isCopied = await copy(command(button.dataset.tool, button.dataset.copy, request));
    button.textContent = isCopied ? "copied" : "not allowed";
    setTimeout(() => { button.textContent = label; }, 1500);
  });
}

/** Whether the browser let it be copied. Pages of plain HTTP may only by the old way. */
async function copy(line) {
  if (navigator.clipboard) return navigator.clipboard.writeText(line).then(() => true, () => false);
  const area = document.createElement("textarea");
  area.value = line;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  return isCopied;
}

function tellConfidence() {
  const least = Number(control("min").value);
  byId("min-output").textContent = least.toFixed(2);
  byId("min-meaning").textContent = least > 0
    ? `At ${least.toFixed(2)} ${meaning(least)}. Quotes below it are shown without a name.`
    : "Every attribution is shown, however unsure.";
}

showState(state);
tellConfidence();
if (state.example) takeExample(state.example);
else if (article.trim() !== "") change(0);
