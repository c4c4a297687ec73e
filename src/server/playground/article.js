// The article as it is read. Its words only ever become text nodes; offsets are UTF-16, as JavaScript counts.

const SLICE_MILLIS = 12;
/** What is laid out together: a browser skips the chunks that are out of sight. */
const CHUNK_BLOCKS = 40;
const CHUNK_CHARS = 12288;
/** A longer paragraph is parted, or the browser lays out all of it at once. */
const MOST_CHARS = 4096;
const LINE_BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/g;

export const spanOf = (span) => ({ begin: span?.beginOffset ?? 0, end: span?.endOffset ?? 0 });

/** Whether the first letter that has a direction runs from right to left. */
export function isRightToLeft(text) {
  const strong = /[\p{L}]/u.exec(text);
  return strong !== null && /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(strong[0]);
}

/** Lets the browser do what it has to do between two slices of work. */
const breathe = () => new Promise((resolve) => setTimeout(resolve));

/** An article on the page: which elements are which sentence and which quote. */
export class Article {
  /** `reading` has text, title, sentences, boilerplate and quotes; `voiceOf(quote)` gives a quote's classes. */
  constructor(host, reading, voiceOf) {
    this.host = host;
    this.reading = reading;
    this.voiceOf = voiceOf;
    this.sentences = new Map();
    this.quotes = reading.quotes.map(() => ({ runs: [], cues: [], sources: [] }));
  }

  /** Builds it, a slice at a time, in place of what was there. */
  async render(signal) {
    const { text, title, isHtml } = this.reading;
    const spans = spansOf(this.reading);
    const cursor = { next: 0, active: [] };
    const furniture = this.reading.boilerplate.map(spanOf);
    let chunk = newChunk();
    let chunkBegin = 0;
    let isFirst = true;
    let folded = null;
    let heading = title;
    const show = () => {
      if (isFirst) this.host.replaceChildren(chunk);
      else this.host.append(chunk);
      isFirst = false;
    };
    if (isHtml && title) {
      chunk.append(element("p", "headline", title));
      heading = null;
    }
    let sliceBegan = performance.now();
    for (const block of blocks(text, this.reading.sentences)) {
      while (furniture.length > 0 && furniture[0].end <= block.begin) furniture.shift();
      const isFurniture = furniture.length > 0 && furniture[0].begin <= block.begin && block.end <= furniture[0].end;
      const line = element("p", "");
      line.dir = "auto";
      if (!isFurniture && heading && text.slice(block.begin, block.end) === heading) {
        line.className = "headline";
        heading = null;
      }
      this.fill(line, block, spans, cursor);
      if (isFurniture) {
        folded ??= fold(chunk);
        folded.append(line);
      } else {
        label(folded);
        folded = null;
        chunk.append(line);
      }
      const isFull = chunk.childElementCount >= CHUNK_BLOCKS || block.end - chunkBegin >= CHUNK_CHARS;
      if (isFull && !folded) {
        show();
        chunk = newChunk();
        chunkBegin = block.end;
      }
      if (performance.now() - sliceBegan > SLICE_MILLIS) {
        await breathe();
        if (signal.aborted) return;
        sliceBegan = performance.now();
      }
    }
    label(folded);
    show();
  }

  /** Fills a paragraph with the runs between the ends of all spans. */
  fill(line, block, spans, cursor) {
    let sentence = null;
    let into = line;
    for (let at = block.begin; at < block.end;) {
      cursor.active = cursor.active.filter((span) => span.end > at);
      for (; cursor.next < spans.length && spans[cursor.next].begin <= at; cursor.next += 1) {
        if (spans[cursor.next].end > at) cursor.active.push(spans[cursor.next]);
      }
      let end = Math.min(block.end, spans[cursor.next]?.begin ?? block.end);
      for (const span of cursor.active) end = Math.min(end, span.end);
      const own = cursor.active.find((span) => span.kind === "sentence") ?? null;
      if (own !== sentence) {
        sentence = own;
        into = own ? this.openSentence(line, own.index) : line;
      }
      into.append(this.run(this.reading.text.slice(at, end), cursor.active));
      at = end;
    }
  }

  openSentence(line, index) {
    const span = element("span", "sentence");
    span.dataset.sentence = index;
    if (!this.sentences.has(index)) this.sentences.set(index, []);
    this.sentences.get(index).push(span);
    line.append(span);
    return span;
  }

  run(content, active) {
    const quote = innermost(active, "quoted") ?? innermost(active, "content");
    const cues = active.filter((span) => span.kind === "cue");
    const sources = active.filter((span) => span.kind === "source");
    if (!quote && cues.length === 0 && sources.length === 0) return document.createTextNode(content);
    const run = element("span", "", content);
    if (quote) {
      const { runs } = this.quotes[quote.index];
      run.className = `quote ${this.voiceOf(this.reading.quotes[quote.index])}`;
      if (quote.kind === "quoted") run.classList.add("marked");
      run.dataset.quote = quote.index;
      if (runs.length === 0) {
        run.tabIndex = 0;
        run.role = "button";
      }
      runs.push(run);
    }
    for (const [kind, list] of [["cues", cues], ["sources", sources]]) {
      for (const { index } of list) {
        run.classList.add(kind === "cues" ? "cue" : "source", ...this.voiceOf(this.reading.quotes[index]).split(" "));
        run.dataset.quote ??= index;
        this.quotes[index][kind].push(run);
      }
    }
    return run;
  }

  /** Marks the sentences of a summary, numbered, each as strongly as it is salient. */
  choose(sentences) {
    for (const span of this.host.querySelectorAll(".sentence.chosen")) {
      span.classList.remove("chosen");
      span.removeAttribute("role");
      delete span.dataset.number;
    }
    sentences.forEach((sentence, at) => {
      (this.sentences.get(sentence.sentenceIndex ?? 0) ?? []).forEach((span, part) => {
        span.classList.add("chosen");
        span.role = "mark";
        span.style.setProperty("--salience", sentence.salience ?? 0);
        if (part === 0) span.dataset.number = at + 1;
      });
    });
  }

  /** Shows the cue and the source of a quote; none of any for null. */
  light(index) {
    for (const lit of this.host.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (index === null) return;
    const { runs, cues, sources } = this.quotes[index];
    for (const run of [...runs, ...cues, ...sources]) run.classList.add("lit");
  }

  /** Shows the quotes for which `isShown`. */
  filter(isShown) {
    this.quotes.forEach(({ runs }, index) => {
      const isHidden = !isShown(this.reading.quotes[index]);
      for (const run of runs) {
        run.classList.toggle("off", isHidden);
        if (run.role === "button") run.tabIndex = isHidden ? -1 : 0;
      }
    });
  }

  /** Brings a sentence or a quote into view. */
  goTo(part) {
    if (!part) return;
    const fold = part.closest("details");
    if (fold) fold.open = true;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    part.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
    part.classList.remove("found");
    void part.offsetWidth;
    part.classList.add("found");
  }
}

function element(name, className, content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (content !== undefined) made.textContent = content;
  return made;
}

const newChunk = () => element("div", "chunk");

function fold(chunk) {
  const details = element("details", "furniture");
  details.append(element("summary", ""));
  chunk.append(details);
  return details;
}

function label(folded) {
  if (!folded) return;
  const count = folded.childElementCount - 1;
  folded.firstChild.textContent = `Left out: ${count === 1 ? "a line" : `${count} lines`} of page furniture`;
}

function innermost(active, kind) {
  let found = null;
  for (const span of active) {
    if (span.kind === kind && (!found || span.end - span.begin <= found.end - found.begin)) found = span;
  }
  return found;
}

/** Every span of the article, in order. */
function spansOf({ sentences, quotes }) {
  const spans = sentences.map((sentence) => ({ ...spanOf(sentence.text), kind: "sentence", index: sentence.sentenceIndex ?? 0 }));
  const add = (span, kind, index) => span && spans.push({ ...spanOf(span), kind, index });
  quotes.forEach((quote, index) => {
    for (const content of quote.contents ?? []) add(content, "content", index);
    for (const quoted of quote.quoted ?? []) add(quoted, "quoted", index);
    add(quote.attribution?.cue, "cue", index);
    for (const source of quote.attribution?.sources ?? []) add(source.mention, "source", index);
  });
  return spans.sort((a, b) => a.begin - b.begin || b.end - a.end);
}

/** The paragraphs: what line breaks part, but those inside a sentence or between two of one paragraph. */
function* blocks(text, sentences) {
  const trimmed = (begin, end) => {
    const line = text.slice(begin, end);
    const content = line.trim();
    const at = begin + line.indexOf(content);
    return content ? { begin: at, end: at + content.length } : null;
  };
  let begin = 0;
  let at = 0;
  for (const found of text.matchAll(LINE_BREAK)) {
    while (at < sentences.length && spanOf(sentences[at].text).end <= found.index) at += 1;
    const next = sentences[at];
    const isInside = next && spanOf(next.text).begin < found.index;
    if (isInside || goesOn(text, sentences[at - 1], next, found.index)) continue;
    const block = trimmed(begin, found.index);
    if (block) yield* parted(text, block);
    begin = found.index + found[0].length;
  }
  const block = trimmed(begin, text.length);
  if (block) yield* parted(text, block);
}

function* parted(text, { begin, end }) {
  while (end - begin > MOST_CHARS) {
    const space = text.lastIndexOf(" ", begin + MOST_CHARS);
    let cut = space > begin + MOST_CHARS / 2 ? space + 1 : begin + MOST_CHARS;
    // Never between the halves of a surrogate pair.
    if (/[\udc00-\udfff]/.test(text[cut])) cut += 1;
    yield { begin, end: cut };
    begin = cut;
  }
  yield { begin, end };
}

function goesOn(text, last, next, at) {
  if (!last || !next || (last.paragraphIndex ?? 0) !== (next.paragraphIndex ?? 0)) return false;
  const [from, to] = [spanOf(last.text).end, spanOf(next.text).begin];
  return from <= at && to - from < 80 && text.slice(from, to).trim() === "";
}
