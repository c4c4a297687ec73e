// The summary beside the article.

const list = document.getElementById("sentences");
const facts = document.getElementById("summary-facts");
const empty = document.getElementById("summary-empty");

/** Shows a summary, or that it failed; `goTo(sentence)` is asked when one of its sentences is chosen. */
export function showSummary(answer, goTo, isFailed = false) {
  const sentences = answer?.sentences ?? [];
  list.replaceChildren(...sentences.map((sentence, at) => entry(sentence, at, goTo)));
  const words = (answer?.summary ?? "").split(/\s+/).filter(Boolean).length;
  const count = answer?.sentenceCount ?? 0;
  facts.textContent = answer ? `${sentences.length} of ${count} sentences · ${words} words` : "";
  empty.hidden = sentences.length > 0;
  if (answer) empty.textContent = "Nothing fits: allow more words or characters.";
  else if (isFailed) empty.textContent = "There is none: what is wrong is said where it is.";
  else empty.textContent = "The sentences that say most appear here. Paste an article to begin.";
}

function entry(sentence, at, goTo) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.dir = "auto";
  button.textContent = sentence.text.content;
  button.addEventListener("click", () => goTo(sentence));
  const salience = document.createElement("p");
  salience.className = "salience";
  salience.style.setProperty("--salience", sentence.salience ?? 0);
  salience.textContent = `salience ${(sentence.salience ?? 0).toFixed(2)}`;
  item.dataset.number = at + 1;
  item.append(button, salience);
  return item;
}
