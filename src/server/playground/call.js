// Calls of the service over Connect's JSON, on the page's own origin; what went wrong, in words; the same call for a shell.

const SERVICE = "pullquote.v1.PullquoteService";
const RETRIES = 3;

let apiKey = "";

/** The key that later calls carry. It is kept in memory alone. */
export function useKey(key) {
  apiKey = key;
}

/** Why a call has no answer: `violations` are fields of the request and what is wrong with each. */
export class CallError extends Error {
  constructor(code, message, violations = []) {
    super(message);
    this.code = code;
    this.violations = violations;
  }
}

/** Calls `method`; gives the response and the milliseconds that the server computed. */
export async function call(method, request, signal) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await post(method, request, signal);
    if (response.ok) {
      return { answer: await response.json(), millis: computeMillis(response.headers) };
    }
    const pushback = Number(response.headers.get("grpc-retry-pushback-ms"));
    if (!pushback || attempt === RETRIES) {
      throw await errorOf(response);
    }
    await pause(pushback * attempt, signal);
  }
}

async function post(method, request, signal) {
  const headers = { "content-type": "application/json", "connect-protocol-version": "1" };
  if (apiKey) headers.authorization = `Bearer ${apiKey}`;
  try {
    return await fetch(`/${SERVICE}/${method}`, { method: "POST", headers, body: JSON.stringify(request), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new CallError("unreachable", "The server cannot be reached. Is it still running? Change anything to try again.");
  }
}

function pause(millis, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, millis);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

function computeMillis(headers) {
  const timing = /\bcompute;dur=([\d.]+)/.exec(headers.get("server-timing") ?? "");
  return timing ? Number(timing[1]) : 0;
}

async function errorOf(response) {
  const error = await response.json().catch(() => ({}));
  const details = (error.details ?? []).map((detail) => detail.debug ?? {});
  const violations = details.flatMap((debug) => debug.fieldViolations ?? []);
  const sizes = violations.filter((violation) => violation.field.startsWith("document"));
  return new CallError(error.code ?? "unknown", sentence(words(error, sizes)), violations);
}

/** What a person can do about it. */
function words(error, articleFaults) {
  switch (error.code) {
    case "unauthenticated":
      return "This server asks for an API key. Type yours below; it is kept until you leave the page.";
    case "resource_exhausted":
      return /larger/.test(error.message ?? "")
        ? "This article is too large for the server. Send a part of it."
        : "The server is full. Wait a moment, then change anything to try again.";
    case "deadline_exceeded":
      return "The article took longer than the server allows. Send a part of it.";
    case "unavailable":
      return "The server is going away. Try again once it is back.";
    case "invalid_argument":
      return articleFaults.length > 0
        ? articleFaults.map(({ description }) => `The article: ${description}`).join(" ")
        : error.message ?? "The server did not understand the request.";
    default:
      return error.message || "The server failed. Its log says why.";
  }
}

function sentence(text) {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/** A shell's line that makes the same call. No line of JSON can be the one that ends the document. */
export function command(tool, method, request) {
  const json = JSON.stringify(request, null, 1);
  const port = location.port || (location.protocol === "https:" ? "443" : "80");
  const key = apiKey ? `-H "authorization: Bearer $PULLQUOTE_API_KEY" ` : "";
  const line = tool === "grpcurl"
    ? `grpcurl ${location.protocol === "https:" ? "" : "-plaintext "}${key}-d @ ${location.hostname}:${port} ${SERVICE}/${method}`
    : `curl -sS ${key}-H "content-type: application/json" --data-binary @- ${location.origin}/${SERVICE}/${method}`;
  return `${line} <<'JSON'\n${json}\nJSON\n`;
}
