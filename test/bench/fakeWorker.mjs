#!/usr/bin/env node
// A worker that measures nothing: it answers at once. FAKE_FAILS, FAKE_DIES, FAKE_HANGS, FAKE_BABBLES name the work at which it does that.
import { createInterface } from 'node:readline';

const environment = {
  engine: 'fake',
  reason: 'a test',
  cpu: 'none',
  threads: 1,
  versions: { fake: '1' },
  commit: null,
  platform: 'test',
};
const is = (what, work) => process.env[`FAKE_${what}`]?.split(',').includes(work);

function answer(request) {
  if (request.type === 'job') {
    const { work } = request.job;
    if (is('FAILS', work)) return { type: 'failed', message: `no ${work} here` };
    if (is('DIES', work)) {
      console.error('out of memory');
      process.exit(3);
    }
    if (is('HANGS', work)) return null;
    if (is('BABBLES', work)) return 'loading …';
    return { type: 'ready', environment, residentBytes: 1000, counts: { things: 7 } };
  }
  if (request.type === 'measure') return { type: 'measured', milliseconds: Array(request.repeats).fill(2) };
  return { type: 'ended', peakBytes: 5000 };
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = answer(JSON.parse(line));
  if (said !== null) console.log(typeof said === 'string' ? said : JSON.stringify(said));
}
