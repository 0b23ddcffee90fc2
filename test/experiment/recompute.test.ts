/** The option of a training to compute layers again, in the plan. */
import { expect, test } from 'vitest';
import { trainSettings, trainSpec } from '../../src/experiment/trainOptions.ts';

const options = { steps: 2, batch: 1, learningRates: [0.1] };

test('recomputation is in the plan where it is asked for, and plans without it are what they were', () => {
  expect(trainSpec(trainSettings({ ...options, recompute: true }))).toMatchObject({ recompute: true });
  for (const without of [options, { ...options, recompute: false }])
    expect(trainSpec(trainSettings(without))).not.toHaveProperty('recompute');
  expect(() => trainSettings({ ...options, recompute: 1 as never })).toThrow('train.recompute must be true or false');
});
