// Pictures the page with an example, as the README shows it, in docs/page.png or the file that is named. PULLQUOTE names the
// binary.

import { fileURLToPath } from "node:url";
import { launch, serve, settled } from "./browser.js";

const MOST_BYTES = 400_000;

const server = await serve();
const browser = await launch();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 960 }, reducedMotion: "reduce" });
  // The server's time differs from run to run; the picture shall not.
  await page.route("**/pullquote.v1.PullquoteService/*", async (route) => {
    const response = await route.fetch();
    const millis = route.request().url().endsWith("Summarize") ? "0.4" : "0.9";
    await route.fulfill({ response, headers: { ...response.headers(), "server-timing": `compute;dur=${millis}` } });
  });
  await page.goto(`${server.url}#example=harbour_wall.txt`);
  await settled(page);
  await page.locator("#text .quote").first().hover();
  const path = process.argv[2] ?? fileURLToPath(new URL("../../docs/page.png", import.meta.url));
  const picture = await page.screenshot({ path });
  if (picture.length > MOST_BYTES) throw new Error(`${path} has ${picture.length} bytes, more than ${MOST_BYTES}`);
  console.log(path);
} finally {
  await browser.close();
  await server.stop();
}
