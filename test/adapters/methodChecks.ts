/** What a method must do in a whole network, beside giving the published numbers. */
import { expect, it } from 'vitest';
import type { MethodFor } from '../../src/adapters/placement.ts';
import { release } from '../../src/tensor/engine.ts';
import type { Base } from '../../src/train/base.ts';
import { mergeAdapters } from '../../src/train/merge.ts';
import { createModel, type Model, noMask } from '../../src/train/model.ts';
import { drawnBatch, movedModel } from './smallModel.ts';

/** Loss of each lane, and the gradient [lanes · count]. */
function lossAndGradient(model: Model, first = 0): { loss: Float32Array; gradient: Float32Array } {
  const batch = drawnBatch(first, model.arena.lanes);
  const loss = model.lossAndGradients(batch, noMask);
  const taken = model.arena.takeGradient();
  const gradient = taken.dataSync() as Float32Array;
  release(taken, batch);
  return { loss, gradient };
}

/** Tests of a method on the sites of a base. `base` is asked when the tests run. */
export function checkMethod(base: () => Base, methodFor: () => MethodFor): void {
  it('starts at the base', () => {
    const model = createModel(base(), { seeds: [0], methodFor: methodFor() });
    const plain = createModel(base(), { seeds: [0], methodFor: () => null });
    const batch = drawnBatch(0);
    const [got, wanted] = [model, plain].map((m) => m.logits(batch).dataSync());
    got.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 5));
  });

  it('has the gradient that small steps of every parameter show', () => {
    const model = movedModel(base(), methodFor());
    const { arena } = model;
    const values = arena.values.dataSync().slice() as Float32Array;
    const { gradient } = lossAndGradient(model);
    const step = 0.02;
    for (const { site, role, offset, size } of arena.parameters) {
      const own = gradient.subarray(offset, offset + size);
      const norm = Math.hypot(...own);
      expect(norm, `${site} ${role}`).toBeGreaterThan(0);
      const lossAlong = (sign: number): number => {
        const there = values.slice();
        own.forEach((slope, i) => (there[offset + i] += (sign * step * slope) / norm));
        arena.load(there);
        return lossAndGradient(model).loss[0];
      };
      const slope = (lossAlong(1) - lossAlong(-1)) / (2 * step);
      expect(Math.abs(slope / norm - 1), `${site} ${role}: ${slope} for ${norm}`).toBeLessThan(0.02);
    }
  });

  it('gives each of three lanes what a run alone gives', () => {
    const together = movedModel(base(), methodFor(), [5, 6, 7]);
    const { loss, gradient } = lossAndGradient(together, 2);
    [5, 6, 7].forEach((seed, lane) => {
      const alone = movedModel(base(), methodFor(), [seed]);
      const single = lossAndGradient(alone, 2 + lane);
      const { count } = alone.arena;
      expect(loss[lane]).toBeCloseTo(single.loss[0], 5);
      single.gradient.forEach((value, i) => expect(gradient[lane * count + i]).toBeCloseTo(value, 5));
    });
  });

  it('merges, also the second of two lanes', () => {
    const model = movedModel(base(), methodFor(), [1, 2]);
    const probe = drawnBatch(0);
    for (const lane of [0, 1]) {
      const merged = mergeAdapters(model, lane, probe, 1e-4);
      expect(merged.largestLogitDifference).toBeLessThan(1e-4);
      const [changed, plain] = [merged.model, createModel(base(), { seeds: [0], methodFor: () => null })].map((m) =>
        m.logits(probe).dataSync(),
      );
      expect(Math.max(...changed.map((value, i) => Math.abs(value - plain[i])))).toBeGreaterThan(0.01);
      merged.dispose();
    }
  });
}
