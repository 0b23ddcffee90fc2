import { readFileSync } from 'node:fs';
import tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { openSafetensors } from '../../src/checkpoint/safetensors.ts';
import { clipByNorm } from '../../src/optim/clip.ts';
import { createArena } from '../../src/tensor/arena.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { roleNorms } from '../../src/train/gradientNorms.ts';
import { expectNear } from '../blocks/blockContract.ts';
import { describeWithShared, shared } from '../shared.ts';

beforeAll(async () => void (await startEngine()));

test('each lane by its own norm; within the limit to the bit', () => {
  const gradient = tf.tensor2d([
    [3, 4],
    [0.3, 0.4],
    [0, 0],
  ]);
  const clipped = clipByNorm(gradient, [5, 0.5, 0], 1);
  const [a, b, ...rest] = clipped.dataSync();
  expectNear([a, b], [3 / 5.000001, 4 / 5.000001], 1e-7, 'the long one');
  expect(rest).toEqual([...Float32Array.of(0.3, 0.4, 0, 0)]);
  release(gradient, clipped);
});

describeWithShared("clipping is torch's clip_grad_norm_", () => {
  const folder = shared('fixtures/optimizer');
  const cases = JSON.parse(readFileSync(`${folder}/clipping.json`, 'utf8')) as {
    [name: string]: { maxNorm: number | null; norm: number };
  };

  test.each(Object.entries(cases))('%s: %o', (name, { maxNorm, norm }) => {
    const file = openSafetensors(`${folder}/clipping.safetensors`);
    const read = (when: string): Float32Array[] =>
      ['matrix', 'vector', 'cube'].map((parameter) => file.read(`${name}.${when}.${parameter}`).data);
    const [before, after] = ['before', 'after'].map(read);
    file.close();
    const arena = createArena(1);
    before.forEach((values, i) => arena.parameter('site', `role${i}`, [values.length], () => values));
    arena.start();
    const norms = roleNorms(arena);
    const { total, byRole } = norms.of(arena.values);
    expectNear(total, [norm], 1e-6 * Math.max(1, norm), 'norm');
    before.forEach((values, i) =>
      expectNear(byRole[`role${i}`], [Math.hypot(...values)], 1e-6 * Math.max(1, norm), `norm ${i}`),
    );
    const clipped = maxNorm === null ? tf.clone(arena.values) : clipByNorm(arena.values, total, maxNorm);
    const wanted = after.flatMap((values) => [...values]);
    clipped
      .dataSync()
      .forEach((value, i) => expect(Math.abs(value - wanted[i])).toBeLessThanOrEqual(1e-6 * Math.abs(wanted[i])));
    release(clipped);
    norms.dispose();
    arena.dispose();
  });
});
