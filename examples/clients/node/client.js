// Asks a Pullquote service for the quotes and the summary of an article. Offsets are UTF-16 code units, as JavaScript
// slices strings.
import { readFileSync, readdirSync } from "node:fs";
import { argv } from "node:process";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { EncodingType, PullquoteService, Quote_Form } from "./gen/pullquote/v1/pullquote_service_pb.js";
import { BadRequestSchema, ErrorInfoSchema } from "./gen/google/rpc/error_details_pb.js";

const encodingType = EncodingType.UTF16;

const [address, ca] = argv.slice(2);
const client = createClient(
  PullquoteService,
  createGrpcTransport({
    baseUrl: `${ca ? "https" : "http"}://${address}`,
    nodeOptions: ca ? { ca: readFileSync(ca) } : {},
    defaultTimeoutMs: 5_000,
  }),
);

const article = firstExample();
const document = { content: { case: "text", value: article } };
const blank = { content: { case: "text", value: " " } };
const slice = (span) => article.slice(span.beginOffset, span.endOffset);

const { quotes } = await client.extractQuotes({ document, encodingType });
for (const quote of quotes) {
  const speakers = (quote.attribution?.sources ?? []).map((source) => source.speaker);
  const pieces = quote.contents.map(slice);
  console.log(`quote ${Quote_Form[quote.form]} [${speakers.join(" and ")}] ${pieces.join(" ... ")}`);
}

const { sentences } = await client.summarize({ document, maxSentenceCount: 2, encodingType });
for (const sentence of sentences) console.log(`summary ${slice(sentence.text)}`);

// Sends every document while it reads the answers, which come as they are ready.
async function* requests() {
  yield { id: "article", request: { document } };
  yield { id: "blank", request: { document: blank } };
}
const lines = [];
for await (const { id, result } of client.extractQuotesStream(requests())) {
  const { case: outcome, value } = result;
  const fields = (value?.fieldViolations ?? []).map(({ field }) => field);
  const line = outcome === "error" ? [value.reason, ...fields].join(" ") : `${value.quotes.length} quotes`;
  lines.push(`stream ${id}: ${line}`);
}
for (const line of lines.sort()) console.log(line);

try {
  await client.summarize({ document: blank });
} catch (error) {
  console.log(`refused ${reason(error)}`);
}

// Why a call failed: the reason and the fields at fault, or the status where there are no details.
function reason(error) {
  const fault = ConnectError.from(error);
  const [info] = fault.findDetails(ErrorInfoSchema);
  const fields = fault.findDetails(BadRequestSchema).flatMap((detail) => detail.fieldViolations.map(({ field }) => field));
  return info ? [info.reason, ...fields].join(" ") : `${Code[fault.code]}: ${fault.rawMessage}`;
}

function firstExample() {
  const examples = new URL("../../", import.meta.url);
  const [first] = readdirSync(examples).filter((name) => name.endsWith(".txt")).sort();
  return readFileSync(new URL(first, examples), "utf8");
}
