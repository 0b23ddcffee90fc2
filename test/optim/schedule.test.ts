import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type ScheduleType, scheduleFactor } from '../../src/optim/schedule.ts';
import { expectNear } from '../blocks/blockContract.ts';
import { describeWithShared, shared } from '../shared.ts';

const factors = (type: ScheduleType, warmupSteps: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, done) => scheduleFactor({ type, warmupSteps }, done + 1, steps));

test('warm-up of two in six steps, then constant, linear or half a cosine', () => {
  expect(factors('constant', 2, 6)).toEqual([0, 0.5, 1, 1, 1, 1]);
  expect(factors('linear', 2, 6)).toEqual([0, 0.5, 1, 0.75, 0.5, 0.25]);
  const half = Math.SQRT1_2;
  expectNear(factors('cosine', 2, 6), [0, 0.5, 1, (1 + half) / 2, 0.5, (1 - half) / 2], 1e-12, 'cosine');
});

interface Recorded {
  readonly type: string;
  readonly warmupSteps: number;
  readonly steps: number;
  readonly factors: readonly number[];
}

describeWithShared("schedules have the factors of transformers' get_scheduler", () => {
  const all = JSON.parse(readFileSync(shared('fixtures/optimizer/schedules.json'), 'utf8')) as {
    [name: string]: Recorded;
  };
  /** transformers' "constant" has no warm-up; with one it is "constant_with_warmup". */
  const known: { [type: string]: ScheduleType } = {
    constant: 'constant',
    constant_with_warmup: 'constant',
    linear: 'linear',
    cosine: 'cosine',
  };
  const cases = Object.entries(all).filter(([, { type }]) => type in known);

  test('there are cases of each', () => {
    expect(new Set(cases.map(([, { type }]) => type))).toEqual(new Set(Object.keys(known)));
  });

  test.each(cases)('%s', (_name, { type, warmupSteps, steps, factors: wanted }) => {
    const schedule = { type: known[type], warmupSteps: type === 'constant' ? 0 : warmupSteps };
    const got = wanted.map((_, done) => scheduleFactor(schedule, done + 1, steps));
    expectNear(got, wanted, 1e-12, 'factors, two beyond the end included');
  });
});
