import { beforeAll, expect, test } from 'vitest';
import { mergedLinear, type MergedLinearOptions } from '../../../src/adapters/update/mergedLinear.ts';
import { RequestError } from '../../../src/errors.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { numbers, oneSite } from '../oneSite.ts';

beforeAll(async () => void (await startEngine()));

const kernel = [
  [0, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0],
];

test('block j of the outputs gets s (x Aⱼ) Bⱼ, the blocks that are off get nothing', () => {
  const site = oneSite(kernel, mergedLinear({ rank: 1, alpha: 2, enabled: [true, false, true] }));
  site.set({ down: [1, 2, 3, 4], up: [5, 6, 7, 8] }); // A₁ = (1, 3), A₃ = (2, 4); B₁ = (5, 6), B₃ = (7, 8)
  const delta = site.update.delta(0);
  expect(numbers(delta)).toEqual([10, 12, 0, 0, 28, 32, 30, 36, 0, 0, 56, 64]);
  delta.dispose();
  const { y, dx, gradients } = site.step([[1, 1]]);
  expect(y).toEqual([40, 48, 0, 0, 84, 96]);
  expect(dx).toEqual([10 + 12 + 28 + 32, 30 + 36 + 56 + 64]);
  expect(gradients).toEqual({ down: [22, 30, 22, 30], up: [8, 8, 12, 12] });
  site.dispose();
});

test('holds what loralib holds: A for all enabled blocks, B for a block', () => {
  const place = { name: 'c_attn', kind: 'linear', shape: [8, 12] } as const;
  const outline = (enabled: boolean[]): object => mergedLinear({ rank: 2, enabled }).outline(place).trained;
  expect(outline([true, false, true])).toEqual({ down: [8, 4], up: [2, 8] });
  expect(outline([true])).toEqual({ down: [8, 2], up: [2, 12] });
  expect(outline([false, true, false, false])).toEqual({ down: [8, 2], up: [2, 3] });
});

test('A starts uniform within 1/√in, whatever the rank; B at zero; α is 2 r unless given', () => {
  const wide = Array.from({ length: 400 }, () => [0, 0, 0, 0, 0, 0]);
  const rule = mergedLinear({ rank: 4, enabled: [true, false, true] });
  const site = oneSite(wide, rule);
  const { down, up } = site.values();
  const largest = Math.max(...down.map(Math.abs));
  expect(largest).toBeLessThanOrEqual(1 / 20);
  expect(largest).toBeGreaterThan(0.97 / 20);
  expect(up).toEqual(Array(16).fill(0));
  expect(rule.spec).toMatchObject({ alpha: 8, scale: 2 });
  site.dispose();
});

test.each<[MergedLinearOptions, RegExp]>([
  [{ rank: 0, enabled: [true] }, /at least 1, not 0/],
  [{ rank: 1, enabled: [false, false] }, /at least one true/],
  [{ rank: 1, enabled: [1 as never] }, /a list of true and false/],
  [{ rank: 1, enabled: [true], blocks: 3 } as never, /has no option "blocks"/],
])('%j is refused', (options, message) => {
  expect(() => mergedLinear(options)).toThrow(RequestError);
  expect(() => mergedLinear(options)).toThrow(message);
});

test('outputs that do not fall into so many blocks are refused, by name', () => {
  const rule = mergedLinear({ rank: 1, enabled: [true, false, true, true, true] });
  expect(() => rule.outline({ name: 'c_attn', kind: 'linear', shape: [8, 12] })).toThrow(
    /the 12 outputs of c_attn do not fall into 5 equal blocks/,
  );
});
