import { expect, test } from 'vitest';
import { full } from '../../../../src/adapters/control/importance/full.ts';
import type { Importance } from '../../../../src/adapters/control/importance/importance.ts';
import { stream } from '../../../../src/tensor/random.ts';
import { expectNear } from '../../../blocks/blockContract.ts';
import { oneTriplet } from './oneTriplet.ts';

const importance = (count: number, beta1: number, beta2: number): Importance =>
  full().create({ count, beta1, beta2, random: () => stream(0) });

test('a constant |w g| = 0.5: mean, uncertainty and score of three steps at β = 0.85', () => {
  const its = importance(3, 0.85, 0.85);
  const { sensitivity, uncertainty } = its.memory;
  const steps = [1, 2, 3].map(() => {
    its.update(Float32Array.of(0, -0.25, 0), Float32Array.of(0, 2, 0));
    return [sensitivity[1], uncertainty[1], its.scores([oneTriplet], new Float32Array(3), 1)[0]];
  });
  const wanted = [
    [0.075, 0.06375, 0.00478125],
    [0.13875, 0.108375, 0.01503703],
    [0.1929375, 0.13817813, 0.02665974],
  ];
  steps.forEach((step, i) => expectNear(step, wanted[i], 2e-8, `step ${i + 1}`));
});

test('each number by itself, the first β for the mean, the second for the uncertainty', () => {
  const its = importance(2, 0.5, 0.75);
  its.update(Float32Array.of(1, 2), Float32Array.of(4, -1)); // I = 4, 2; Ī = 2, 1; |I − Ī| = 2, 1
  expect([...its.memory.sensitivity]).toEqual([2, 1]);
  expect([...its.memory.uncertainty]).toEqual([0.5, 0.25]);
});
