// Who is quoted, and what each said.

const MOST_SHOWN = 60;
const COLOURS = 8;
const FORMS = { FORM_DIRECT: "direct", FORM_MIXED: "partly in marks", FORM_INDIRECT: "indirect" };

const speakerList = document.getElementById("speakers");
const quoteList = document.getElementById("quotes");
const more = document.getElementById("more");
const card = document.getElementById("card");

/** The classes that give a quote its speaker's colour. */
export function voiceOf(quote) {
  const source = quote.attribution?.sources?.find(({ speakerIndex }) => speakerIndex !== undefined);
  return source ? voice(source.speakerIndex) : quote.attribution ? "unresolved" : "nobody";
}

const voice = (index) => `voice-${index % COLOURS} weave-${Math.floor(index / COLOURS) % 3}`;

/** What a confidence means. */
export function meaning(confidence) {
  const right = Math.round(confidence * 10);
  if (confidence >= 0.97) return "nearly all such attributions are right";
  if (right === 0) return "hardly any such attribution is right";
  return `about ${right} in 10 such attributions are right`;
}

/** Whether a quote is one of the speaker's; every quote is nobody's in particular. */
export function isOf(quote, speakers, chosen) {
  if (chosen === "") return true;
  const sources = quote.attribution?.sources ?? [];
  return sources.some(({ speakerIndex }) => speakerIndex !== undefined && speakers[speakerIndex]?.name === chosen);
}

/** Shows the speakers; `choose(name)` is asked when one is chosen, with "" for all. */
export function showSpeakers(answer, chosen, choose) {
  const speakers = answer?.speakers ?? [];
  const quotes = answer?.quotes ?? [];
  const entries = speakers.map((speaker, index) => {
    const name = text("span", "name", speaker.name);
    const description = speaker.description ? [text("span", "description", speaker.description)] : [];
    const count = speaker.quoteCount ?? 0;
    return toggle(voice(index), [name, ...description], count, chosen === speaker.name, () => {
      choose(chosen === speaker.name ? "" : speaker.name);
    });
  });
  if (speakers.length > 1 || chosen !== "") {
    entries.unshift(toggle("everybody", [text("span", "name", "Everybody")], quotes.length, chosen === "", () => choose("")));
  }
  speakerList.replaceChildren(...entries);
  const facts = document.getElementById("voices-facts");
  const empty = document.getElementById("voices-empty");
  facts.textContent = answer ? `${plural(quotes.length, "quote")} · ${plural(speakers.length, "speaker")}` : "";
  empty.hidden = quotes.length > 0;
  empty.textContent = answer
    ? "Nobody is quoted. If somebody is reported without quotation marks, look for indirect speech below."
    : "Who is quoted appears here, each in a colour of their own.";
}

function toggle(className, content, count, isPressed, act) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = `speaker ${className}`;
  button.ariaPressed = isPressed;
  const who = document.createElement("span");
  who.className = "who";
  who.dir = "auto";
  who.append(...content);
  const counted = text("span", "count", count);
  counted.append(text("span", "unseen", count === 1 ? " quote" : " quotes"));
  button.append(text("span", "swatch"), who, counted);
  button.addEventListener("click", act);
  item.append(button);
  return item;
}

/** Lists quotes, `[quote, index]` each; `goTo(index)` is asked when one is chosen. */
export function showQuotes(quotes, goTo) {
  quoteList.replaceChildren();
  document.getElementById("quotes-heading").hidden = quotes.length === 0;
  let shown = 0;
  const showMore = () => {
    const next = quotes.slice(shown, shown + MOST_SHOWN);
    quoteList.append(...next.map(([quote, index]) => entry(quote, () => goTo(index))));
    shown += next.length;
    more.hidden = shown >= quotes.length;
  };
  more.onclick = showMore;
  showMore();
}

function entry(quote, act) {
  const item = document.createElement("li");
  item.className = voiceOf(quote);
  const button = text("button", "", words(quote));
  button.type = "button";
  button.dir = "auto";
  button.addEventListener("click", act);
  item.append(button, ...about(quote));
  return item;
}

/** The words of a quote, and where others stand between them. */
function words({ form, quoted, contents }) {
  const pieces = (form === "FORM_INDIRECT" ? contents : quoted) ?? [];
  return pieces.map(({ content }) => content).join(" … ");
}

/** What is known of a quote: who, by which cue, how surely. */
function about(quote) {
  const form = FORMS[quote.form] ?? "";
  const attribution = quote.attribution;
  if (!attribution) return [text("p", "facts", `The article names nobody · ${form}`)];
  const who = text("p", "attribution");
  who.append(text("bdi", "name", attribution.sources.map(({ speaker, mention }) => speaker || mention.content).join(" and ")));
  if (attribution.cue?.content) who.append(" · ", text("bdi", "", `“${attribution.cue.content}”`));
  who.append(` · ${form}`);
  const confidence = attribution.confidence ?? 0;
  const sure = text("p", "facts");
  sure.append(text("b", "", confidence.toFixed(2)), ` ${meaning(confidence)}`);
  return [who, sure];
}

/** Shows what is known of a quote beside one of its elements; hides the card for null. */
export function showCard(quote, run) {
  document.querySelector("[aria-describedby=card]")?.removeAttribute("aria-describedby");
  card.hidden = !quote;
  if (!quote) return;
  card.className = voiceOf(quote);
  card.replaceChildren(...about(quote));
  run.setAttribute("aria-describedby", "card");
  const box = run.getClientRects()[0] ?? run.getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - card.offsetWidth - 8));
  const above = box.top - card.offsetHeight - 8;
  const top = above > 8 ? above : run.getBoundingClientRect().bottom + 8;
  card.style.setProperty("left", `${left + scrollX}px`);
  card.style.setProperty("top", `${top + scrollY}px`);
}

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function text(name, className, content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (content !== undefined) made.textContent = content;
  return made;
}
