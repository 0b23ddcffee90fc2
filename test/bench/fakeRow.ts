/** Rows and workers for tests: nothing is timed. */
import path from 'node:path';
import type { StepJob } from '../../src/bench/job.ts';
import { peak, plainRow, type Row, time } from '../../src/bench/row.ts';
import type { Command } from '../../src/bench/side.ts';

export const fakeScript: string = path.resolve('test/bench/fakeWorker.mjs');
export const fakeWorker: Command = { program: process.execPath, words: [fakeScript] };

export const tinyStep: StepJob = {
  work: 'step',
  shape: { hidden: 16, layers: 2, heads: 2, feedForward: 24, vocabulary: 32, batch: 2, sequence: 16 },
  method: 'lora',
  targets: ['q_proj', 'v_proj'],
  recompute: false,
  writing: 'blocks',
  lanes: 1,
  countsCalls: false,
  threads: 1,
  warmup: 0,
};

export const fakeRow = (changed: Partial<Row> = {}): Row => ({
  ...plainRow,
  name: 'fake',
  what: 'nothing',
  sides: () => [
    { name: 'ours', by: 'us', job: tinyStep },
    { name: 'our other', by: 'us', job: tinyStep },
    { name: 'peer', by: 'peer', job: tinyStep },
  ],
  turns: { rounds: 2, repeats: 3 },
  figures: [
    { what: 'time', against: 'peer', of: time, reach: 0.5, stretch: 0.25 },
    { what: 'time', against: 'our other', of: time, reach: 0.5 },
    { what: 'memory', against: { name: 'a thing', value: ({ counts }) => counts['things']! }, of: peak, reach: 1000 },
  ],
  seconds: 1,
  ...changed,
});
