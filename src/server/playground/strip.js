// The salience of every sentence along the article, as bars; a slider that goes through the sentences. Those that
// cannot stand alone or repeat another are in no summary, however long: they have no bar.

const HEIGHT = 44;

const indexOf = (sentence) => sentence?.sentenceIndex ?? 0;

/** The strip above the article. `goTo(sentence)` is asked when one is chosen. */
export class Strip {
  constructor(goTo) {
    this.box = document.getElementById("strip");
    this.canvas = document.getElementById("strip-canvas");
    this.hint = document.getElementById("strip-hint");
    this.goTo = goTo;
    this.sentences = [];
    this.chosen = new Set();
    this.at = 0;
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("click", (event) => {
      const place = this.place(event);
      this.select(place);
      this.goTo(this.sentences[place]);
    });
    this.canvas.addEventListener("pointermove", (event) => this.select(this.place(event)));
    this.canvas.addEventListener("pointerleave", () => this.point(false));
    this.canvas.addEventListener("focus", () => this.select(this.at));
    this.canvas.addEventListener("blur", () => this.point(false));
  }

  /** Shows `sentences`, of `count` that the article has. */
  show(sentences, chosen, count, isRightToLeft) {
    this.sentences = sentences;
    this.count = Math.max(count, 1 + indexOf(sentences.at(-1)));
    this.chosen = new Set(chosen.map(indexOf));
    this.isRightToLeft = isRightToLeft;
    this.box.hidden = sentences.length === 0;
    this.isPointed = false;
    this.at = Math.min(this.at, Math.max(0, sentences.length - 1));
    this.canvas.setAttribute("aria-valuemax", Math.max(1, sentences.length));
    this.tell();
    this.point(false);
  }

  /** Whether a sentence is pointed at: then the line below the strip tells of it. */
  point(isPointed) {
    this.isPointed = isPointed;
    const gaps = this.sentences.length < this.count ? " Gaps repeat another sentence, or cannot stand alone." : "";
    this.hint.textContent = isPointed ? this.tell() : `Salience along the article. Strong bars are in the summary.${gaps}`;
    this.draw();
  }

  place(event) {
    const share = event.offsetX / this.canvas.clientWidth;
    const index = Math.floor((this.isRightToLeft ? 1 - share : share) * this.count);
    const next = this.sentences.findIndex((sentence) => indexOf(sentence) >= index);
    return next === -1 ? this.sentences.length - 1 : next;
  }

  key(event) {
    const forward = this.isRightToLeft ? "ArrowLeft" : "ArrowRight";
    const back = this.isRightToLeft ? "ArrowRight" : "ArrowLeft";
    const last = this.sentences.length - 1;
    const moves = { [forward]: 1, [back]: -1, ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -last, End: last };
    if (event.key in moves) this.select(Math.max(0, Math.min(last, this.at + moves[event.key])));
    else if (event.key === "Enter" || event.key === " ") this.goTo(this.sentences[this.at]);
    else return;
    event.preventDefault();
  }

  select(at) {
    this.at = at;
    this.point(true);
  }

  tell() {
    const sentence = this.sentences[this.at];
    if (!sentence) return "";
    const index = indexOf(sentence);
    const inSummary = this.chosen.has(index) ? ", in the summary" : "";
    const told = `Sentence ${index + 1}: salience ${(sentence.salience ?? 0).toFixed(2)}${inSummary}`;
    this.canvas.setAttribute("aria-valuenow", this.at + 1);
    this.canvas.setAttribute("aria-valuetext", told);
    return told;
  }

  draw() {
    const width = this.canvas.clientWidth;
    const { count } = this;
    if (width === 0 || this.sentences.length === 0) return;
    const scale = devicePixelRatio || 1;
    this.canvas.width = width * scale;
    this.canvas.height = HEIGHT * scale;
    const context = this.canvas.getContext("2d");
    context.scale(scale, scale);
    const style = getComputedStyle(this.canvas);
    const [weak, strong, ink] = ["--bar", "--bar-chosen", "--ink"].map((name) => style.getPropertyValue(name));
    const step = width / count;
    const gap = step > 4 ? 2 : 0;
    const left = (sentence) => (this.isRightToLeft ? count - 1 - indexOf(sentence) : indexOf(sentence)) * step;
    // The chosen ones last: where many share a pixel they show.
    for (const isChosen of [false, true]) {
      context.fillStyle = isChosen ? strong : weak;
      for (const sentence of this.sentences) {
        if (this.chosen.has(indexOf(sentence)) !== isChosen) continue;
        const height = 3 + (HEIGHT - 8) * (sentence.salience ?? 0);
        context.fillRect(left(sentence), HEIGHT - height, Math.max(1, step - gap), height);
      }
    }
    if (!this.isPointed) return;
    context.fillStyle = ink;
    context.fillRect(left(this.sentences[this.at]), HEIGHT - 2, Math.max(3, step - gap), 2);
  }
}
