/** Runs that go through a step together do not touch each other, whatever the method. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sgd } from '../../src/optim/sgd.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import type { Base } from '../../src/train/base.ts';
import { staysStill, subjects } from './subjects.ts';
import {
  baseOf,
  laneValues,
  largestDifference,
  type TinyOptions,
  type Trained,
  trained,
  usualSteps,
} from './tinyRun.ts';

/** Two equal runs, and another of unlike seed and rate between them. */
const lanes = [
  { seed: 5, learningRate: 0.01 },
  { seed: 6, learningRate: 0.03 },
  { seed: 5, learningRate: 0.01 },
];

/**
 * Rounding between a lane and the same run alone, in values of order one after a few steps. Batched products add in another order;
 * plain gradient descent carries the differences on as they are, where AdamW would divide them by a gradient near zero.
 */
const rounding = 2e-5;
const options: TinyOptions = { plan: { optimizer: sgd({ momentum: 0.5 }), weightDecay: 0.1 } };

describe.each(subjects.map((subject) => [subject.name, subject] as const))('%s', (_name, subject) => {
  let base: Base;
  let group: Trained;
  beforeAll(async () => {
    await startEngine();
    base = baseOf(subject);
    group = trained(subject, base, lanes, options);
  });
  afterAll(() => base.dispose());

  test('a lane is the same run alone, within rounding', () => {
    for (const place of [0, 1]) {
      const alone = trained(subject, base, [lanes[place]], options);
      expect(largestDifference(group.values[place], alone.values[0]), `values of lane ${place}`).toBeLessThan(rounding);
      for (const column of ['lossNats', 'gradientNorm', 'penalty'] as const) {
        const of = ({ reports }: Trained, at: number): number[] => reports.map((report) => report[column][at]);
        expect(largestDifference(of(group, place), of(alone, 0)), `${column} of lane ${place}`).toBeLessThan(rounding);
      }
    }
  });

  test('seed and rate decide: equal ones give equal numbers at any place of a group, others do not', () => {
    const [first, other, second] = group.values;
    expect(largestDifference(first, second)).toBeLessThan(rounding);
    if (!staysStill(subject)) expect(largestDifference(first, other)).toBeGreaterThan(1e-4);
  });

  test.each([
    ['whole gradients', options],
    ['clipped gradients and AdamW', { plan: { maxGradientNorm: 0.1, weightDecay: 0.1 } }],
  ] satisfies [string, TinyOptions][])(
    'a lane that diverges stands still and changes no bit of the others: %s',
    (_, how) => {
      const well = trained(subject, base, lanes, how);
      const seen: Float32Array[] = [];
      const afterStep: TinyOptions['afterStep'] = (_step, model) => seen.push(laneValues(model, 1));
      const sick = trained(subject, base, lanes.with(1, { seed: 6, learningRate: Infinity }), { ...how, afterStep });
      expect(seen.length).toBe(usualSteps);
      expect(seen[1]).toEqual(seen[0]); // found out at the second step
      expect(seen.at(-1)).toEqual(seen[0]);
      for (const place of [0, 2]) {
        expect(sick.values[place]).toEqual(well.values[place]);
        const numbers = ({ reports }: Trained): number[] =>
          reports.flatMap(({ lossNats, penalty, gradientNorm }) => [
            lossNats[place],
            penalty[place],
            gradientNorm[place],
          ]);
        expect(numbers(sick)).toEqual(numbers(well));
      }
      expect(sick.reports.at(-1)!.lossNats[1]).toBeNaN();
    },
  );

  test('clipping looks at one lane at a time', () => {
    const half = group.reports[0].gradientNorm[1] / 2;
    const clipped: TinyOptions = { plan: { ...options.plan, maxGradientNorm: half } };
    const together = trained(subject, base, lanes, clipped);
    const alone = trained(subject, base, [lanes[1]], clipped);
    expect(largestDifference(together.values[1], alone.values[0])).toBeLessThan(rounding);
    if (!staysStill(subject)) expect(largestDifference(together.values[1], group.values[1])).toBeGreaterThan(1e-5);
  });
});
