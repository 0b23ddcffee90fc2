/** The gradient of every method in a whole network, penalty and dropout included, against small steps of its parameters. */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Method, Update } from '../../src/adapters/types.ts';
import { tokenBatch } from '../../src/blocks/tokenBatch.ts';
import type { Arena } from '../../src/tensor/arena.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { stream } from '../../src/tensor/random.ts';
import type { Base } from '../../src/train/base.ts';
import { dropoutMasks } from '../../src/train/dropout.ts';
import type { Model } from '../../src/train/model.ts';
import { subjects } from './subjects.ts';
import { baseOf, batchOf, modelOf } from './tinyRun.ts';

/** The method with its norms as they are the first time, so that a norm which counts as a constant is one. */
function withHeldNorms({ rescale, ...method }: Method): Method {
  const held = (update: Update, arena: Arena): Update => {
    let norms: Tensor | undefined;
    return { ...update, columnNorms: () => tf.clone((norms ??= arena.own(update.columnNorms()))) };
  };
  return {
    ...method,
    rescale: {
      ...rescale,
      create: (site, update, context) => rescale.create(site, held(update, context.arena), context),
    },
  };
}

/** Loss and penalty of the only lane, and their gradient. */
function lossAndGradient(model: Model): { loss: number; gradient: Float32Array } {
  const { ids, labels, length } = batchOf([5], 1);
  const batch = tokenBatch(ids, labels, { lanes: 1, length });
  const [task] = model.lossAndGradients(batch, dropoutMasks([5])(1, 0, batch));
  const penalty = model.controls.reduce((sum, control) => sum + control.penalty()[0], 0);
  const taken = model.arena.takeGradient();
  const gradient = taken.dataSync<'float32'>().slice();
  release(taken, batch);
  return { loss: task + penalty, gradient };
}

describe.each(subjects.map((subject) => [subject.name, subject] as const))('%s', (_name, subject) => {
  let base: Base;
  beforeAll(async () => {
    await startEngine();
    base = baseOf(subject);
  });
  afterAll(() => base.dispose());

  test('has the gradient that small steps of every parameter show', () => {
    const isDetached = subject.method.rescale.spec.detachNorm === true;
    const model = modelOf(subject, base, [5], isDetached ? { method: withHeldNorms(subject.method) } : {});
    const { arena } = model;
    const noise = stream(5, 'moved').fillNormal(new Float32Array(arena.count), 0.1);
    const values = arena.values.dataSync<'float32'>().map((value, i) => value + noise[i]);
    arena.load(values);
    const { gradient } = lossAndGradient(model);
    if (isDetached) {
      const plain = modelOf(subject, base, [5]);
      plain.arena.load(values);
      expect(lossAndGradient(plain).gradient).toEqual(gradient);
      plain.dispose();
    }
    for (const role of new Set(arena.parameters.map((parameter) => parameter.role))) {
      const along = new Float32Array(arena.count);
      for (const { offset, size, role: own } of arena.parameters)
        if (own === role) along.set(gradient.subarray(offset, offset + size), offset);
      const norm = Math.hypot(...along);
      expect(norm, role).toBeGreaterThan(1e-5);
      const central = (h: number): number => {
        const [ahead, behind] = [1, -1].map((sign) => {
          arena.load(values.map((value, i) => value + (sign * h * along[i]) / norm));
          return lossAndGradient(model).loss;
        });
        return (ahead - behind) / (2 * h);
      };
      const slope = (4 * central(0.02) - central(0.04)) / 3; // their errors of second order cancel
      expect(Math.abs(slope - norm), `${role}: ${slope} for ${norm}`).toBeLessThan(0.01 * norm + 1e-4);
    }
    model.dispose();
  });
});
