// The plain HTTP door through other people's clients: @connectrpc/connect-web over Connect and over gRPC-Web.
// ADDRESS is the host and port of a running service.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { Centrality, EncodingType, PullquoteService, Quote_Form } from "./gen/pullquote/v1/pullquote_service_pb.js";

const baseUrl = `http://${process.env.ADDRESS}`;
const article = "Rain fell on the town for nine days. “It poured 🌧️ all day,” said Ann Lee, the mayor. The river rose above the old bridge.";

for (const [name, transport] of [
  ["Connect in JSON", createConnectTransport({ baseUrl })],
  ["Connect in protobuf", createConnectTransport({ baseUrl, useBinaryFormat: true })],
  ["gRPC-Web", createGrpcWebTransport({ baseUrl })],
]) {
  const client = createClient(PullquoteService, transport);
  const document = { content: { case: "text", value: article } };

  test(`${name}: a summary, its offsets in JavaScript's units`, async () => {
    const answer = await client.summarize({
      document, maxSentenceCount: 2, encodingType: EncodingType.UTF16, centrality: Centrality.LEXRANK,
    });
    assert.equal(answer.sentences.length, 2);
    for (const { text } of answer.sentences) {
      assert.equal(article.slice(text.beginOffset, text.endOffset), text.content);
    }
  });

  test(`${name}: quotes`, async () => {
    const answer = await client.extractQuotes({ document, encodingType: EncodingType.UTF16 });
    assert.equal(answer.quotes.length, 1);
    assert.equal(answer.quotes[0].form, Quote_Form.DIRECT);
    assert.equal(answer.quotes[0].text, "It poured 🌧️ all day,");
  });

  test(`${name}: a fault has its code and every detail`, async () => {
    const fault = await client.summarize({ maxWordCount: -1 }).then(() => null, (error) => ConnectError.from(error));
    assert.equal(fault.code, Code.InvalidArgument);
    const types = fault.details.map((detail) => detail.type ?? detail.desc.typeName).sort();
    assert.deepEqual(types, ["google.rpc.BadRequest", "google.rpc.ErrorInfo"]);
  });

  test(`${name}: a deadline`, async () => {
    const document = { content: { case: "text", value: `${article}\n\n`.repeat(7000) } };
    const fault = await client.summarize({ document }, { timeoutMs: 3 }).then(() => null, (error) => ConnectError.from(error));
    assert.equal(fault.code, Code.DeadlineExceeded);
  });
}
