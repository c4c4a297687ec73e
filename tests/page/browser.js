// The real service with its page, and a browser that looks at it.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { chromium } from "playwright-core";

const PULLQUOTE = process.env.PULLQUOTE ?? new URL("../../target/release/pullquote", import.meta.url).pathname;
const FLAGS = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** Starts the service on a free port; `stop` ends it. */
export async function serve(...flags) {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const flagsOfAll = ["serve", "--playground", "--listen", address, "--drain-delay", "0s", "--log-level", "warn"];
  const server = spawn(PULLQUOTE, [...flagsOfAll, ...flags], { stdio: ["ignore", "inherit", "inherit"] });
  const ended = new Promise((resolve) => { server.on("exit", resolve); });
  const url = `http://${address}/`;
  for (let attempt = 0; ; attempt += 1) {
    try {
      await fetch(url);
      break;
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }
  return {
    address,
    url,
    stop: () => {
      server.kill("SIGTERM");
      return ended;
    },
  };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Starts Debian's Chromium; playwright gives each start an empty profile. */
export function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, headless: true, chromiumSandbox: false, args: FLAGS });
}

/** Waits until the page shows what was last asked for. */
export async function settled(page) {
  await page.waitForFunction(() => document.body.ariaBusy === "false");
}
