/** What an adapter_config.json leaves out has the value of PEFT 0.21.2's configuration classes (tuners/<type>/config.py). */
import { expect, test } from 'vitest';
import { methodOf } from '../../../../src/adapters/compose.ts';
import { peftTypes } from '../../../../src/adapters/files/types/index.ts';
import type { Method } from '../../../../src/adapters/types.ts';

const read = (type: string, given: object = {}): Method =>
  methodOf(
    peftTypes[type]!.read(given, {
      file: 'adapter_config.json',
      read: () => ({ shape: [256, 4], data: new Float32Array(1024) }),
    }).recipe,
  );

test.each([
  ['LORA', { rank: 8, alpha: 8, scaling: 'rank', scale: 1 }],
  ['LOHA', { rank: 8, alpha: 8 }],
  ['LOKR', { rank: 8, alpha: 8, decomposeBoth: false, decomposeFactor: -1 }],
  ['ADALORA', { rank: 12, alpha: 8 }],
  ['VERA', { rank: 256, start: 0.1 }],
] as const)('%s', (type, spec) => {
  const { update, rescale, dropout } = read(type);
  expect(update.spec).toMatchObject(spec);
  expect([rescale.spec.type, dropout]).toEqual(['none', 0]);
});

test("AdaLoRA's schedule; without a task PEFT never adds the penalty", () => {
  const schedule = { target: 8, beta1: 0.85, beta2: 0.85, warmup: 0, tail: 0, every: 1 };
  const { control } = read('ADALORA', { task_type: 'CAUSAL_LM' });
  expect(control.spec).toMatchObject({ ...schedule, penaltyWeight: 0.5 });
  expect(read('ADALORA').control.spec).toMatchObject({ ...schedule, penaltyWeight: 0 });
});
