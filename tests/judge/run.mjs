// The judge against two fake servers that others wrote: aimock (npm) and llmock (PyPI). Every case is one `viva grade` by the
// real binary; it prints a row a case and fails on any surprise. `tests/judge/run.sh` installs both and runs this.
//
// To add a case: a row in `aimock` or `llmock` with what the server does and what has to come of it.
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LLMock } from '@copilotkit/aimock';

const HERE = dirname(fileURLToPath(import.meta.url));
const VIVA = resolve(process.env.VIVA_BIN ?? join(HERE, '../../target/release/viva'));
const LLMOCK = resolve(process.env.LLMOCK_BIN ?? join(HERE, '.venv/bin/llmock'));

const ANSWER = 'Only the goroutine that calls it ends. Before that, whatever it had put off until return is worked through.';
const REPLY = JSON.stringify({
  claims: [{ id: 2, quote: 'whatever it had put off until return is worked through', verdict: 'hit', reason: 'These are its defers.' }],
  errors: [],
});

const run = promisify(execFile);
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VIVA_')));

/** How long the last grade took, in seconds. */
let took = 0;

/** Grades the answer by rules alone, or with a judge at this address. */
async function grade(url, more = []) {
  const judge = ['--judge', 'always', '--judge-base-url', url, '--judge-model', 'test-model', '--judge-votes', '1'];
  const args = ['grade', 'Q4', ANSWER, '--json', ...(url ? [...judge, ...more] : [])];
  const begun = Date.now();
  const { stdout } = await run(VIVA, args, { env: { ...environment, VIVA_JUDGE_API_KEY: 'sk-test' } });
  took = (Date.now() - begun) / 1000;
  return JSON.parse(stdout);
}

/** Whether every claim of a grade follows from it. */
function holds(graded) {
  return new Promise((done) => {
    const child = execFile(VIVA, ['verify'], { env: environment }, (error) => done(!error));
    child.stdin.end(`${JSON.stringify({ grade: graded, answer: ANSWER })}\n`);
  });
}

const rules = await grade();
const rows = [];

/** Runs a case and compares what came of it with what should. */
async function check(server, name, expected, act) {
  const faults = [];
  const expect = (what, got, wanted) => {
    const same = wanted instanceof Function ? wanted(got) : JSON.stringify(got) === JSON.stringify(wanted);
    if (!same) faults.push(`${what} is ${JSON.stringify(got)}${wanted instanceof Function ? '' : `, not ${JSON.stringify(wanted)}`}`);
  };
  let outcome = 'no grade';
  try {
    const { graded, requests, findings = [] } = await act();
    outcome = graded.judge.reason ?? graded.judge.status;
    expect('outcome', outcome, expected.outcome);
    expect('requests', requests, expected.requests);
    expect('findings', findings, expected.findings ?? []);
    expect('what verify says', await holds(graded), true);
    if (graded.judge.status === 'asked') {
      expect('tries', graded.judge.details.tries, expected.requests);
      expect('seconds', graded.judge.details.seconds, (s) => s >= (expected.seconds ?? 0));
      expect('whether it is raised', graded.score > rules.score, expected.raised ?? true);
    } else {
      expect('score', graded.score, rules.score);
      expect('needs_review', graded.needs_review, true);
    }
    expect('time', took, (seconds) => seconds < (expected.within ?? 15));
  } catch (error) {
    faults.push(String(error.message ?? error).split('\n')[0]);
  }
  rows.push({ server, name, outcome, seconds: took.toFixed(1), faults });
}

// [name, what the server does, what has to come of it, more arguments]
const AIMOCK = [
  ['scripted reply', () => {}, { outcome: 'asked', requests: 1 }],
  ['429 once', (mock) => mock.nextRequestError(429, { message: 'slow down', type: 'rate_limit_error' }), { outcome: 'asked', requests: 2 }],
  ['429 with Retry-After, for ever', (mock) => mock.setChaos({ rateLimitRate: 1 }), { outcome: 'rate_limited', requests: 4 }],
  ['account used up', (mock) => mock.nextRequestError(429, { message: 'no', type: 'insufficient_quota', code: 'insufficient_quota' }), { outcome: 'quota', requests: 1 }],
  ['500 once', (mock) => mock.nextRequestError(500, { message: 'no', type: 'server_error' }), { outcome: 'asked', requests: 2 }],
  ['500 for ever', (mock) => mock.setChaos({ dropRate: 1 }), { outcome: 'server_error', requests: 4 }],
  ['401', (mock) => mock.nextRequestError(401, { message: 'no', type: 'authentication_error' }), { outcome: 'rejected', requests: 1 }],
  ['disconnect, for ever', (mock) => mock.setChaos({ disconnectRate: 1 }), { outcome: 'unreachable', requests: 4 }],
  ['malformed, for ever', (mock) => mock.setChaos({ malformedRate: 1 }), { outcome: 'unreadable', requests: 4 }],
  ['latency', (mock) => mock.setChaos({ latencyMs: 400 }), { outcome: 'asked', requests: 1, seconds: 0.4 }],
  ['latency past the deadline', (mock) => mock.setChaos({ latencyMs: 8000 }), { outcome: 'deadline', requests: (n) => n <= 1, within: 5 }, ['--judge-deadline', '1']],
];

async function aimock() {
  for (const [name, act, expected, more] of AIMOCK) {
    const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' });
    const url = await mock.start();
    try {
      mock.onMessage(/[^]*/, { content: REPLY });
      act(mock);
      await check('aimock', name, expected, async () => {
        const graded = await grade(`${url}/v1`, more);
        return { graded, requests: mock.getRequests().length };
      });
    } finally {
      await mock.stop();
    }
  }
}

const reply = { type: 'reply', text: REPLY };
const fail = (status, more) => ({ type: 'fail', status, ...more });
const LLMOCK_CASES = [
  ['any answer that fits the schema', [], { outcome: 'asked', requests: 1, raised: false }],
  ['scripted reply', [reply], { outcome: 'asked', requests: 1 }],
  ['429 with Retry-After, twice', [fail(429, { retry_after: 1, times: 2 }), reply], { outcome: 'asked', requests: 3, seconds: 2 }],
  // A client that gave up without a retry is what it is meant to be here: there is no time for one.
  ['429 with Retry-After of an hour', [fail(429, { retry_after: 3600 })], { outcome: 'rate_limited', requests: 1, findings: ['gave_up'], within: 5 }],
  ['500 once', [fail(500), reply], { outcome: 'asked', requests: 2 }],
  ['503 for ever', [fail(503, { times: null })], { outcome: 'server_error', requests: 4 }],
  ['400', [fail(400)], { outcome: 'rejected', requests: 1 }],
  ['401', [fail(401)], { outcome: 'rejected', requests: 1 }],
  ['404', [fail(404)], { outcome: 'rejected', requests: 1 }],
  ['latency', [{ type: 'delay', seconds: 0.4 }, reply], { outcome: 'asked', requests: 1, seconds: 0.4 }],
  ['latency past the deadline', [{ type: 'delay', seconds: 8 }], { outcome: 'deadline', requests: (n) => n <= 1, within: 5 }, ['--judge-deadline', '1']],
];

/** A port that nobody listens on. */
function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

async function llmock() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(LLMOCK, ['serve', '--host', '127.0.0.1', '--port', String(port), '--log-level', 'error'], { stdio: 'ignore' });
  const ended = new Promise((done) => server.once('exit', done));
  const admin = async (path, body) => {
    const init = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${url}/_llmock/${path}`, init);
    if (!response.ok) throw new Error(`llmock answers ${response.status} to ${path}: ${await response.text()}`);
    return response.json();
  };
  try {
    for (const until = Date.now() + 30_000; ; ) {
      if (await fetch(`${url}/health`).then((r) => r.ok, () => false)) break;
      if (Date.now() > until || server.exitCode !== null) throw new Error('llmock does not start');
      await new Promise((done) => setTimeout(done, 100));
    }
    for (const [name, behaviors, expected, more] of LLMOCK_CASES) {
      await check('llmock', name, expected, async () => {
        await admin('reset', {});
        if (behaviors.length > 0) await admin('scenario', { behaviors });
        const graded = await grade(`${url}/v1`, more);
        const { requests } = await admin('requests');
        const { findings } = await admin('verdict');
        return { graded, requests: requests.length, findings: findings.map((finding) => finding.code) };
      });
    }
    // One run with several faults, and the verdict as the server itself prints it.
    await admin('reset', {});
    await admin('scenario', { behaviors: [fail(429, { retry_after: 1 }), fail(500), reply, fail(400)] });
    await grade(`${url}/v1`);
    await grade(`${url}/v1`, ['--judge-seed', '1']);
    const report = await run(LLMOCK, ['report', '--strict', '--url', url]).catch((error) => error);
    console.log(`${report.stdout}${report.stderr}`.trim());
    rows.push({ server: 'llmock', name: 'its own report', outcome: report.code ? 'FAIL' : 'PASS', seconds: '', faults: report.code ? ['see above'] : [] });
  } finally {
    server.kill();
    await ended;
  }
}

await aimock();
await llmock();
console.log('');
for (const { server, name, outcome, seconds, faults } of rows) {
  const told = faults.length === 0 ? 'ok' : `SURPRISE: ${faults.join('; ')}`;
  console.log(`${server.padEnd(8)}${name.padEnd(36)}${outcome.padEnd(15)}${seconds.padStart(5)} s  ${told}`);
}
const surprises = rows.filter((row) => row.faults.length > 0).length;
console.log(`\n${rows.length} cases, ${surprises} surprises`);
process.exitCode = surprises === 0 ? 0 : 1;
