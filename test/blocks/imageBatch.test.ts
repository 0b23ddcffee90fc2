import { beforeAll, expect, test } from 'vitest';
import { imageBatch } from '../../src/blocks/imageBatch.ts';
import { RequestError } from '../../src/errors.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';

beforeAll(() => startEngine());

test('channels come last, where torch has them before the rows', () => {
  // two images of two channels of 2 × 3
  const pixels = Float32Array.from({ length: 24 }, (_, i) => i);
  const batch = imageBatch(pixels, Int32Array.of(3, 1), { lanes: 1, shape: [2, 2, 3], share: 0.5 });
  expect(batch.pixels.arraySync()).toEqual(
    [0, 12].map((image) =>
      [0, 1].map((row) => [0, 1, 2].map((column) => [0, 6].map((channel) => image + channel + 3 * row + column))),
    ),
  );
  expect(batch.sequences).toBe(2);
  expect([...batch.targets.host]).toEqual([3, 1]);
  expect([...batch.weight.dataSync()]).toEqual([0.25, 0.25]);
  release(batch);
});

test('pixels that do not fit the labels or the lanes are refused', () => {
  const of = (pixels: number, labels: number, lanes: number): unknown =>
    imageBatch(new Float32Array(pixels), new Int32Array(labels), { lanes, shape: [1, 2, 2] });
  expect(() => of(7, 2, 1)).toThrow(RequestError);
  expect(() => of(12, 3, 2)).toThrow(/2 lanes needs 1 · 2 · 2 pixels for each label, .* 12 pixels and 3 labels/);
});
