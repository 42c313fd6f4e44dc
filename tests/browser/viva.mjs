// A running Viva and a browser for the tests.
//
// VIVA_URL names a service that runs already; else VIVA_BIN (or ../../target/debug/viva) is started on a free port.
// VIVA_BROWSER names the browser (or /usr/bin/chromium).
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };

/** Starts what is needed; `open(options)` gives a page in a context of its own. */
export async function start() {
  const service = process.env.VIVA_URL ? { url: process.env.VIVA_URL, stop() {} } : await serve();
  const browser = await chromium.launch({
    executablePath: process.env.VIVA_BROWSER ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  return {
    async open({ path = '/', phone = false, dark = false, script = true } = {}) {
      const context = await browser.newContext({
        baseURL: service.url,
        viewport: phone ? PHONE : DESK,
        hasTouch: phone,
        colorScheme: dark ? 'dark' : 'light',
        javaScriptEnabled: script,
        // Motion would make what is measured depend on when.
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      page.complaints = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text());
      });
      page.on('pageerror', (error) => page.complaints.push(String(error)));
      await page.goto(path);
      return page;
    },
    async stop() {
      await browser.close();
      service.stop();
    },
  };
}

async function serve() {
  const binary = process.env.VIVA_BIN ?? fileURLToPath(new URL('../../target/debug/viva', import.meta.url));
  const child = spawn(binary, ['serve', '--bind', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const url = line.match(/listening on (http:\S+)/)?.[1];
    if (url) return { url, stop: () => child.kill('SIGTERM') };
  }
  throw new Error(`${binary} ended without listening`);
}
