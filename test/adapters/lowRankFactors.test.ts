/** Parts of a fused projection as one LoRA, by hand. What PEFT reads of it is compared in test/train/peftFolders.test.ts. */
import { expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { lowRankFactors } from '../../src/adapters/lowRankFactors.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import type { TrainedPart, TrainedSite } from '../../src/adapters/trainedSite.ts';

const part = (name: string, alpha: number, places: readonly number[]): TrainedPart => ({
  name: `c_attn:${name}`,
  kind: 'linear',
  shape: [2, 2],
  method: methodOf(lora({ rank: 1, alpha, upBias: true })),
  derived: { rank: 1, alpha, scale: alpha },
  places,
  roles: ['down', 'up', 'upBias'],
  frozenRoles: [],
  numbers: (role) => Float32Array.from(role === 'down' ? [1, 2] : role === 'up' ? [3, 4] : [5, 6]),
});

test('B and its bias stand at the places of their part, in multiples of the scale of the first', () => {
  const site: TrainedSite = {
    name: 'c_attn',
    kind: 'linear',
    shape: [2, 6],
    parts: [part('query', 2, [0, 3]), part('value', 6, [2, 5])],
    norms: () => new Float32Array(6),
  };
  const { rank, alpha, down, up, upBias, magnitude } = lowRankFactors(site);
  expect([rank, alpha, magnitude]).toEqual([2, 4, null]); // s = 2
  expect(Array.from(down)).toEqual([1, 1, 2, 2]);
  expect(Array.from(up)).toEqual([3, 0, 0, 4, 0, 0, 0, 0, 9, 0, 0, 12]);
  expect(Array.from(upBias!)).toEqual([5, 0, 15, 6, 0, 18]);
});
