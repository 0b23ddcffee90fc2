/** A step in parts is the step of one batch that holds them all. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../src/tensor/engine.ts';
import type { Base } from '../../src/train/base.ts';
import { subjects } from './subjects.ts';
import { baseOf, batchOf, largestDifference, rowsPerLane, trained, type TinyOptions } from './tinyRun.ts';
import { sgd } from '../../src/optim/sgd.ts';

const [subject] = subjects.filter(({ name }) => name === 'adalora');
const lanes = [5, 6].map((seed) => ({ seed, learningRate: 0.1 }));
let base: Base;
beforeAll(async () => {
  await startEngine();
  base = baseOf(subject);
});
afterAll(() => base.dispose());

test('values, losses and gradient norms of every lane agree within rounding', () => {
  const whole = (step: number): ReturnType<typeof batchOf> => batchOf([5, 6], step);
  /** The part-th row of each lane. */
  const rowOf = (step: number, part: number): ReturnType<typeof batchOf> => {
    const { ids, length } = whole(step);
    const own = (lane: number): number => (lane * rowsPerLane + part) * length;
    const row = Int32Array.from([0, 1].flatMap((lane) => [...ids.subarray(own(lane), own(lane) + length)]));
    return { ids: row, labels: row, length };
  };
  const plan = { optimizer: sgd(), masks: undefined };
  const options: TinyOptions[] = [{ plan }, { plan: { ...plan, parts: rowsPerLane, batch: rowOf } }];
  const [once, inParts] = options.map((each) => trained(subject, base, lanes, each));
  for (const lane of [0, 1]) {
    expect(largestDifference(inParts.values[lane], once.values[lane])).toBeLessThan(1e-6);
    for (const column of ['lossNats', 'gradientNorm', 'penalty'] as const)
      expect(
        largestDifference(
          inParts.reports.map((report) => report[column][lane]),
          once.reports.map((report) => report[column][lane]),
        ),
        column,
      ).toBeLessThan(2e-6);
  }
});
