// The salience of every sentence along the article, as bars; a slider that goes through the sentences.

const HEIGHT = 44;

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

  show(sentences, chosen, isRightToLeft) {
    this.sentences = sentences;
    this.chosen = new Set(chosen.map((sentence) => sentence.sentenceIndex ?? 0));
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
    this.hint.textContent = isPointed ? this.tell() : "Salience of each sentence, 0 to 1. Strong bars are in the summary.";
    this.draw();
  }

  place(event) {
    const share = event.offsetX / this.canvas.clientWidth;
    const place = Math.floor((this.isRightToLeft ? 1 - share : share) * this.sentences.length);
    return Math.max(0, Math.min(this.sentences.length - 1, place));
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
    const index = sentence.sentenceIndex ?? 0;
    const inSummary = this.chosen.has(index) ? ", in the summary" : "";
    const told = `Sentence ${index + 1}: salience ${(sentence.salience ?? 0).toFixed(2)}${inSummary}`;
    this.canvas.setAttribute("aria-valuenow", this.at + 1);
    this.canvas.setAttribute("aria-valuetext", told);
    return told;
  }

  draw() {
    const width = this.canvas.clientWidth;
    const count = this.sentences.length;
    if (width === 0 || count === 0) return;
    const scale = devicePixelRatio || 1;
    this.canvas.width = width * scale;
    this.canvas.height = HEIGHT * scale;
    const context = this.canvas.getContext("2d");
    context.scale(scale, scale);
    const style = getComputedStyle(this.canvas);
    const [weak, strong, ink] = ["--bar", "--bar-chosen", "--ink"].map((name) => style.getPropertyValue(name));
    const step = width / count;
    const gap = step > 4 ? 2 : 0;
    // The chosen ones last: where many share a pixel they show.
    for (const isChosen of [false, true]) {
      context.fillStyle = isChosen ? strong : weak;
      this.sentences.forEach((sentence, at) => {
        if (this.chosen.has(sentence.sentenceIndex ?? 0) !== isChosen) return;
        const height = 3 + (HEIGHT - 8) * (sentence.salience ?? 0);
        const left = (this.isRightToLeft ? count - 1 - at : at) * step;
        context.fillRect(left, HEIGHT - height, Math.max(1, step - gap), height);
      });
    }
    if (!this.isPointed) return;
    context.fillStyle = ink;
    const left = (this.isRightToLeft ? count - 1 - this.at : this.at) * step;
    context.fillRect(left, HEIGHT - 2, Math.max(3, step - gap), 2);
  }
}
