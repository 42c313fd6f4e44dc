// Spares waiting, and nothing else: every page works without this file.
'use strict';

/** The question page: grade in place, and lose no text. */
function question(form) {
  const answer = form.querySelector('#answer');
  const status = form.querySelector('#status');
  const button = form.querySelector('button[type=submit]');
  const help = form.querySelector('#help');
  const key = `viva:draft:${location.pathname}`;
  const store = drafts();
  // Whoever has no keyboard at hand is told nothing of it.
  if (matchMedia('(hover: hover)').matches) help.textContent += ' Ctrl + Enter grades.';

  const clear = document.createElement('button');
  clear.type = 'button';
  clear.className = 'quiet';
  clear.textContent = 'Start over';
  clear.hidden = true;
  form.querySelector('.actions').append(clear);

  if (!answer.value && store.get(key)) {
    answer.value = store.get(key);
    say('Your draft is back. It is kept in this browser alone.');
  }
  clear.hidden = !answer.value;
  answer.addEventListener('input', () => {
    store.set(key, answer.value);
    clear.hidden = !answer.value;
  });
  clear.addEventListener('click', () => {
    answer.value = '';
    store.set(key, '');
    clear.hidden = true;
    say('Cleared.');
    answer.focus();
  });
  answer.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!button.hasAttribute('aria-busy')) grade();
  });

  async function grade() {
    store.set(key, answer.value);
    button.setAttribute('aria-busy', 'true');
    say('Grading …');
    try {
      const reply = await fetch(form.action, {
        method: 'POST',
        headers: { accept: 'text/html' },
        body: new URLSearchParams(new FormData(form)),
      });
      const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
      const outcome = page.getElementById('outcome');
      if (!outcome) throw new Error(page.querySelector('main p')?.textContent || 'the server said nothing useful');
      document.getElementById('outcome').replaceWith(outcome);
      document.title = page.title;
      const score = outcome.querySelector('.number strong');
      say(score ? `Graded: ${score.textContent} of 1. The result is below.` : 'Not graded: the reason is below.');
      const heading = outcome.querySelector('#result');
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ block: 'start' });
    } catch (error) {
      say(error instanceof TypeError
        ? 'The server cannot be reached. Your text is kept: try again in a moment.'
        : `Not graded: ${error.message}. Your text is kept.`);
    } finally {
      button.removeAttribute('aria-busy');
    }
  }

  function say(text) {
    status.textContent = text;
  }
}

/** Drafts in this browser; a browser that keeps none is no reason to fail. */
function drafts() {
  try {
    const kept = window.localStorage;
    return {
      get: (key) => kept.getItem(key) || '',
      set: (key, text) => {
        try {
          if (text) kept.setItem(key, text);
          else kept.removeItem(key);
        } catch { /* full, or forbidden by now */ }
      },
    };
  } catch {
    return { get: () => '', set: () => {} };
  }
}

/** The list of questions: narrow it while somebody types. */
function filter(input) {
  const rows = [...document.querySelectorAll('.questions li')].map((row) => [row, row.textContent.toLowerCase()]);
  const shelves = document.querySelectorAll('.shelf');
  const found = document.getElementById('found');
  const chips = document.querySelector('.chips');
  if (input.value) return; // What the server has found stays as it is.
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) count += 1;
    }
    for (const shelf of shelves) shelf.hidden = !shelf.querySelector('li:not([hidden])');
    if (chips) chips.hidden = words.length > 0;
    found.textContent = words.length === 0 ? ''
      : count === 0 ? 'No question holds these words. Press Enter to search the answers too.'
      : `${count} of ${rows.length} questions`;
  });
}

const form = document.getElementById('form');
if (form) question(form);
const input = document.getElementById('q');
if (input) filter(input);
