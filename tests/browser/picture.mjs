// Takes the picture in README.md: `VIVA_BIN=$PWD/target/release/viva node tests/browser/picture.mjs .assets/page.png`.
import { start } from './viva.mjs';

const ANSWER = 'Only the goroutine that calls it ends; its deferred calls still run, and the others carry on. '
  + 'If main calls it, the whole program exits.';

const viva = await start();
const page = await viva.open({ path: '/q/go-runtime/Q4' });
await page.setViewportSize({ width: 800, height: 550 });
await page.getByRole('textbox', { name: 'Your answer' }).fill(ANSWER);
await page.getByRole('button', { name: 'Grade my answer' }).click();
await page.locator('.result').waitFor();
await page.evaluate(() => document.activeElement.blur());
await page.locator('.result').evaluate((result) => result.scrollIntoView({ block: 'start', behavior: 'instant' }));
await page.screenshot({ path: process.argv[2] ?? '.assets/page.png' });
await viva.stop();
