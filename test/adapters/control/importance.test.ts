import { expect, test } from 'vitest';
import { importance } from '../../../src/adapters/control/importance.ts';
import { expectNear } from '../../blocks/blockContract.ts';

test('a constant |w g| = 0.5: mean, uncertainty and score of three steps at β = 0.85', () => {
  const its = importance(1, 0.85, 0.85);
  const steps = [1, 2, 3].map(() => {
    its.update(Float32Array.of(-0.25), Float32Array.of(2));
    return [its.sensitivity[0], its.uncertainty[0], its.score(0)];
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
  expect([...its.sensitivity]).toEqual([2, 1]);
  expect([...its.uncertainty]).toEqual([0.5, 0.25]);
  expect([its.score(0), its.score(1)]).toEqual([1, 0.25]);
});
