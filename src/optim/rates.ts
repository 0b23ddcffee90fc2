/**
 * The learning rate and decay of every trained number: the lane's rate × its group's multiplier × the schedule's factor, or the
 * group's own rate × the factor. Kept as small as it can be: a scalar, a column over lanes or a row over numbers.
 */
import tf, { type Tensor } from '@tensorflow/tfjs';
import type { Arena, Parameter } from '../tensor/arena.ts';
import { keep, release } from '../tensor/engine.ts';
import type { Rates } from './optimizer.ts';

interface Multipliers {
  readonly rate: number;
  readonly decay: number;
  readonly fixedRate?: number;
}

export interface RateTable {
  /** This step's rates; tensors for the caller's scope. */
  at(factor: number): Rates;
  dispose(): void;
}

export function rateTable(
  arena: Arena,
  learningRates: readonly number[],
  weightDecay: number,
  groupOf: (parameter: Parameter) => Multipliers,
): RateTable {
  const groups = arena.parameters.map(groupOf);
  const uniform = groups.every((g) => g.rate === 1 && g.fixedRate === undefined);
  const rows = (of: (group: Multipliers, lane: number) => number): Tensor => {
    const all = new Float32Array(arena.lanes * arena.count);
    for (let lane = 0; lane < arena.lanes; lane++)
      arena.parameters.forEach(({ offset, size }, i) => {
        const from = lane * arena.count + offset;
        all.fill(of(groups[i], lane), from, from + size);
      });
    return keep(tf.tensor2d(all, [arena.lanes, arena.count]));
  };
  const rate = uniform
    ? keep(arena.lanes === 1 ? tf.scalar(learningRates[0]) : tf.tensor2d([...learningRates], [arena.lanes, 1]))
    : rows((g, lane) => g.fixedRate ?? learningRates[lane] * g.rate);
  const decay = weightDecay > 0 ? rows((g) => g.decay * weightDecay) : null;
  return {
    at(factor) {
      const now = factor === 1 ? rate : tf.mul(rate, tf.scalar(factor));
      return { rate: now, decay, keep: decay && tf.sub(tf.scalar(1), tf.mul(now, decay)) };
    },
    dispose: () => release(rate, decay),
  };
}
