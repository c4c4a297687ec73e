// What is asked for: the controls' values, kept in the URL's fragment, and the requests they make.

const DEFAULTS = {
  sentences: "3", words: "", chars: "", query: "", centrality: "", indirect: "", min: "0", kind: "text", example: "", speaker: "",
};

/** Which control a field of the request comes from. */
export const CONTROL_OF = {
  max_sentence_count: "sentences", max_word_count: "words", max_char_count: "chars", query: "query",
  centrality: "centrality", min_confidence: "min",
};

const CENTRALITIES = { lexrank: 1, textrank: 2, degree: 3, directed: 4 };
const MOST_SENTENCES = 2147483647;

/** The fragment's settings; what it does not name is as by default. */
export function readState() {
  const given = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [name, given.get(name) ?? value]));
}

/** Writes what differs from the defaults into the fragment. */
export function writeState(state) {
  const told = new URLSearchParams(Object.entries(state).filter(([name, value]) => value !== DEFAULTS[name]));
  history.replaceState(null, "", told.size > 0 ? `#${told}` : location.pathname);
}

/** Shows `state` in the controls. */
export function showState(state) {
  for (const name of ["sentences", "words", "chars", "query", "centrality", "min"]) {
    control(name).value = state[name];
  }
  control("indirect").checked = state.indirect === "1";
  document.querySelector(`input[name=kind][value=${state.kind === "html" ? "html" : "text"}]`).checked = true;
}

/** The controls' values, on top of what they do not hold. */
export function stateOfControls(state) {
  const value = (name) => control(name).value.trim();
  return {
    ...state,
    sentences: value("sentences"), words: value("words"), chars: value("chars"), query: control("query").value,
    centrality: value("centrality"), min: String(Number(value("min"))), indirect: control("indirect").checked ? "1" : "",
    kind: document.querySelector("input[name=kind]:checked").value,
  };
}

export function control(name) {
  return document.querySelector(`.controls [name=${name}]`);
}

/** The requests that `state` asks of an article: its summary, the salience of all its sentences, its quotes. */
export function requests(state, source) {
  const document = { [state.kind === "html" ? "html" : "text"]: source };
  const encodingType = "ENCODING_TYPE_UTF16";
  const budgets = prune({
    maxSentenceCount: number(state.sentences), maxWordCount: number(state.words), maxCharCount: number(state.chars),
  });
  const ranking = prune({ query: state.query, centrality: CENTRALITIES[state.centrality] });
  return {
    summary: { document, ...budgets, ...ranking, encodingType },
    salience: { document, maxSentenceCount: MOST_SENTENCES, ...ranking, encodingType },
    quotes: { document, ...prune({ includeIndirect: state.indirect === "1", minConfidence: number(state.min) }), encodingType },
  };
}

function number(text) {
  return text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
}

function prune(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
}
