import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scheduleFactor } from '../../src/optim/schedule.ts';
import { scheduleOf } from '../../src/parity/recordedSchedule.ts';
import { expectNear } from '../blocks/blockContract.ts';
import { describeWithShared, shared } from '../shared.ts';

const factors = (type: 'constant' | 'linear' | 'cosine', warmupSteps: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, done) => scheduleFactor({ type, warmupSteps }, done + 1, steps));

test('warm-up of two in six steps, then constant, linear or half a cosine', () => {
  expect(factors('constant', 2, 6)).toEqual([0, 0.5, 1, 1, 1, 1]);
  expect(factors('linear', 2, 6)).toEqual([0, 0.5, 1, 0.75, 0.5, 0.25]);
  const half = Math.SQRT1_2;
  expectNear(factors('cosine', 2, 6), [0, 0.5, 1, (1 + half) / 2, 0.5, (1 - half) / 2], 1e-12, 'cosine');
});

test('restarts begin at 1 again, and the end is 0', () => {
  const schedule = { type: 'cosine_with_restarts', warmupSteps: 0, cycles: 2 } as const;
  const got = [0, 1, 2, 3, 4, 5].map((done) => scheduleFactor(schedule, done + 1, 4));
  expectNear(got, [1, 0.5, 1, 0.5, 0, 0], 1e-12, 'two cycles in four steps');
});

test('a polynomial of a power to an end of its own', () => {
  const schedule = { type: 'polynomial', warmupSteps: 1, power: 2, endFactor: 0.2 } as const;
  const got = [0, 1, 2, 3, 4, 5].map((done) => scheduleFactor(schedule, done + 1, 3));
  expectNear(got, [0, 1, 0.8 / 4 + 0.2, 0.2, 0.2, 0.2], 1e-12, 'factors');
});

test('a polynomial is a line to a ten-millionth unless it says otherwise', () => {
  const got = [0, 1, 2, 4, 5].map((done) => scheduleFactor({ type: 'polynomial', warmupSteps: 0 }, done + 1, 4));
  expectNear(
    got,
    [1, 0.75, 0.5, 0, 0].map((line) => line * (1 - 1e-7) + 1e-7),
    1e-15,
    'factors',
  );
});

test('an inverse root goes on from 1 by its time scale: the warm-up, or 10,000', () => {
  const factor = (timeScale: number | undefined, warmupSteps: number, done: number): number =>
    scheduleFactor({ type: 'inverse_sqrt', warmupSteps, timeScale }, done + 1, 10);
  expect(factor(undefined, 4, 4)).toBe(1);
  expect(factor(undefined, 4, 16)).toBe(0.5);
  expect(factor(undefined, 0, 30_000)).toBe(0.5);
  expect(factor(3, 4, 13)).toBe(0.5);
});

test('where all is warm-up, a line ends at 0', () => {
  expect(scheduleFactor({ type: 'linear', warmupSteps: 20 }, 21, 20)).toBe(0);
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

  test.each(Object.entries(all))('%s', (_name, { steps, factors: wanted, ...recorded }) => {
    const schedule = scheduleOf(recorded, 1);
    const got = wanted.map((_, done) => scheduleFactor(schedule, done + 1, steps));
    expectNear(got, wanted, 1e-12, 'factors, two beyond the end included');
  });
});
