// What people meet: pages that can be read, used by keyboard, on a phone, in the dark, and without scripts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { start } from './viva.mjs';

const QUESTION = '/q/go-runtime/Q4';
const ANSWER = [
  'The goroutine ends, but first its deferred calls run.',
  '',
  'Other goroutines carry on. When main calls it, the whole program exits right away.',
].join('\n');

let viva;
before(async () => { viva = await start(); });
after(async () => { await viva.stop(); });

/** Runs a test on a page and closes it. */
async function on(options, check) {
  const page = await viva.open(options);
  try {
    await check(page);
  } finally {
    await page.context().close();
  }
}

async function grade(page, answer = ANSWER) {
  await page.getByRole('textbox', { name: 'Your answer' }).fill(answer);
  await page.getByRole('button', { name: 'Grade my answer' }).click();
  await page.getByRole('heading', { name: 'What your answer says' }).waitFor();
}

async function gradeOwn(page) {
  await page.getByRole('textbox', { name: 'What is asked' }).fill('What is a mutex for?');
  await page.getByRole('textbox', { name: 'Ideal answer' }).fill('It protects shared data: one thread at a time holds it.');
  await page.getByRole('textbox', { name: 'Answer to grade' }).fill('Only one thread at a time may touch the shared data.');
  await page.getByRole('button', { name: 'Grade this answer' }).click();
  await page.getByRole('heading', { name: 'What your answer says' }).waitFor();
}

describe('every page', () => {
  for (const [name, path, act] of [
    ['the questions', '/'],
    ['a search', '/?q=garbage'],
    ['a question', QUESTION],
    ['a result', QUESTION, grade],
    ['a question of one’s own', '/own'],
    ['a result for a question of one’s own', '/own', gradeOwn],
    ['the docs', '/docs'],
    ['nothing', '/nowhere'],
  ]) {
    for (const [look, options] of [
      ['on a desk', {}],
      ['on a phone in the dark', { phone: true, dark: true }],
    ]) {
      test(`${name}, ${look}: accessible, no wider than the screen, nothing blocked`, () =>
        on({ path, ...options }, async (page) => {
          if (act) {
            await act(page);
            for (const fold of await page.locator('summary').all()) await fold.click();
          }
          const axe = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']);
          const { violations } = await axe.analyze();
          const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
          assert.deepEqual(told, []);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(wider <= 0, `${wider} px too wide`);
          const complaints = page.complaints.filter((text) => path !== '/nowhere' || !text.includes('404'));
          assert.deepEqual(complaints, []);
        }));
    }
  }
});

test('by keyboard alone: skip, write, grade, follow a mark and come back', () =>
  on({ path: QUESTION }, async (page) => {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
    await page.keyboard.press('Enter');
    for (let n = 0; n < 5 && (await page.evaluate(() => document.activeElement.id)) !== 'answer'; n += 1) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.type('The goroutine ends, but first its deferred calls run.');
    await page.keyboard.press('Control+Enter');
    await page.locator('.result').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'result', 'the result has the focus');
    assert.match(await page.getByRole('status').textContent(), /^Graded: [01]\.\d\d of 1/);
    await page.locator('.marked a.ref').first().focus();
    await page.keyboard.press('Enter');
    assert.match(page.url(), /#concept-/);
    const outline = await page.locator(':target').evaluate((claim) => getComputedStyle(claim).outlineStyle);
    assert.notEqual(outline, 'none', 'where one lands can be seen');
  }));

test('every control that has the focus can be seen to have it', () =>
  on({ path: QUESTION }, async (page) => {
    await grade(page);
    await page.locator('body').press('Home');
    await page.evaluate(() => document.activeElement.blur());
    for (let n = 0; n < 25; n += 1) {
      await page.keyboard.press('Tab');
      const [tag, seen] = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return [document.activeElement.outerHTML.slice(0, 80), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
      });
      assert.ok(seen || tag.startsWith('<body'), tag);
    }
  }));

test('what is missing stays folded until somebody asks', () =>
  on({ path: QUESTION }, async (page) => {
    await grade(page, 'The goroutine ends.');
    const point = page.locator('.claim.missed details').first();
    assert.equal(await point.locator('.text').isVisible(), false);
    await point.locator('summary').click();
    assert.equal(await point.locator('.text').isVisible(), true);
  }));

test('a draft outlives a reload and can be cleared', () =>
  on({ path: QUESTION }, async (page) => {
    const answer = page.getByRole('textbox', { name: 'Your answer' });
    await answer.fill('half a thought');
    await page.reload();
    assert.equal(await answer.inputValue(), 'half a thought');
    await page.getByRole('button', { name: 'Start over' }).click();
    assert.equal(await answer.inputValue(), '');
    await page.reload();
    assert.equal(await answer.inputValue(), '');
  }));

test('the text is kept where grading fails', () =>
  on({ path: QUESTION }, async (page) => {
    const answer = page.getByRole('textbox', { name: 'Your answer' });
    const long = 'so many words '.repeat(6000);
    await answer.fill(long);
    await page.getByRole('button', { name: 'Grade my answer' }).click();
    await page.getByRole('heading', { name: 'Not graded' }).waitFor();
    assert.equal(await answer.inputValue(), long);
    await answer.fill('short');
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Grade my answer' }).click();
    await page.getByText('cannot be reached').waitFor();
    assert.equal(await answer.inputValue(), 'short');
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Grade my answer' }).click();
    await page.locator('.result').waitFor();
  }));

test('questions narrow down while somebody types', () =>
  on({}, async (page) => {
    const rows = page.locator('.questions li:visible');
    const all = await rows.count();
    await page.getByLabel('Find a question').fill('goexit');
    const found = await rows.count();
    assert.ok(found > 0 && found < all, `${found} of ${all}`);
    for (const row of await rows.all()) assert.match(await row.textContent(), /goexit/i);
    assert.equal(await page.getByRole('status').textContent(), `${found} of ${all} questions`);
    await page.getByLabel('Find a question').fill('xylophone');
    assert.match(await page.getByRole('status').textContent(), /^No question/);
    await page.getByLabel('Find a question').fill('');
    assert.equal(await rows.count(), all);
  }));

test('without scripts: search, choose, write, grade, and the text is still there', () =>
  on({ script: false }, async (page) => {
    await page.getByLabel('Find a question').fill('goexit');
    await page.getByRole('button', { name: 'Search' }).click();
    assert.match(page.url(), /\?q=goexit$/);
    await page.goto('/');
    await page.locator(`a[href="${QUESTION}"]`).click();
    await grade(page);
    assert.equal(await page.getByRole('textbox', { name: 'Your answer' }).inputValue(), ANSWER);
    assert.ok((await page.locator('.marked mark').count()) > 0);
    assert.equal(await page.locator('.marked').evaluate((marked) => {
      const bare = marked.cloneNode(true);
      bare.querySelectorAll('.ref').forEach((ref) => ref.remove());
      return bare.textContent;
    }), ANSWER, 'marked, the answer reads as it was written');
  }));

test('an answer that looks like markup does nothing', () =>
  on({ path: QUESTION }, async (page) => {
    const answer = '<img src=x onerror="document.title=1"><script>document.title=2</script> The goroutine ends & dies.';
    await grade(page, answer);
    assert.match(await page.title(), /^Graded/);
    assert.equal(await page.locator('.marked img').count(), 0);
  }));
