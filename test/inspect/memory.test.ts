/** Bytes by holder, by hand. */
import { expect, test } from 'vitest';
import { heldBytes, type Training } from '../../src/inspect/memory.ts';

const counts = {
  base: 1000,
  trained: 10,
  frozen: 3,
  activations: { perToken: 5, perPosition: 2, perSequence: 7 },
};
const precision = { base: 1, adapter: 2, gradients: 3, moments: 4, master: 5, activations: 6 };
const training: Training = { batch: 2, sequence: 4, optimizer: 'adamw', precision, writing: 'portable' };

test('each holder has the bytes of its own; AdamW has two moments, SGD one', () => {
  const held = {
    base: 1000,
    adapter: 20,
    frozenAdapter: 6,
    gradients: 30,
    optimizer: 10 * (2 * 4 + 5),
    activations: 6 * 2 * (4 * (5 + 2 * 4) + 7),
  };
  expect(heldBytes(counts, training)).toEqual(held);
  expect(heldBytes(counts, { ...training, optimizer: 'sgd' })).toEqual({ ...held, optimizer: 10 * (4 + 5) });
});
