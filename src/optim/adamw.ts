/**
 * AdamW, arXiv:1711.05101, as torch has it: decoupled decay first, both moments corrected for their start, ε outside the root.
 *
 *   w ← w (1 − η λ);   m ← β₁ m + (1 − β₁) g;   v ← β₂ v + (1 − β₂) g²;   w ← w − η m̂ / (√v̂ + ε).
 *
 * AMSGrad (arXiv:1904.09237): u ← max(u, v) in place of v in the last formula, with the same correction, as torch has it.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { checkNames } from '../optionNames.ts';
import { keep, release, scalar, scoped } from '../tensor/engine.ts';
import { hasKernels, kernel } from '../tensor/kernels.ts';
import type { OptimizerFactory } from './optimizer.ts';

export interface AdamwOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly amsgrad?: boolean;
}

export const adamwOptions: readonly (keyof AdamwOptions)[] = ['beta1', 'beta2', 'epsilon', 'amsgrad'];

/** `largest` with AMSGrad only. */
type Memory = { readonly [name in 'mean' | 'square' | 'largest']?: Tensor2D };

export function adamw(options: AdamwOptions = {}): OptimizerFactory {
  checkNames('adamw()', options, adamwOptions);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false } = options;
  return () => {
    let memory: Memory = {};
    return {
      spec: { type: 'adamw', beta1, beta2, epsilon, ...(amsgrad && { amsgrad }) },
      step(step, values, gradient, { rate, keep: kept }) {
        const { next, now } = scoped(() => {
          if (hasKernels() && !amsgrad) {
            const { mean = tf.zerosLike(gradient), square = tf.zerosLike(gradient) } = memory;
            const corrections = [1 / (1 - beta1 ** step), 1 / (1 - beta2 ** step)];
            const numbers = tf.tensor1d([beta1, 1 - beta1, beta2, 1 - beta2, ...corrections, epsilon]);
            const given = [values, gradient, mean, square, numbers, rate, kept ?? scalar(1)];
            const [next, m, v] = inOnePass(...given) as [Tensor2D, Tensor2D, Tensor2D];
            return { next, now: { mean: m, square: v } as Memory };
          }
          const before = (name: keyof Memory): Tensor2D => memory[name] ?? tf.zerosLike(gradient);
          const mean = mixed(before('mean'), gradient, beta1);
          const square = mixed(before('square'), tf.square(gradient), beta2);
          const now: Memory = amsgrad
            ? { mean, square, largest: tf.maximum(before('largest'), square) }
            : { mean, square };
          const root = tf.sqrt(tf.mul(now.largest ?? square, tf.scalar(1 / (1 - beta2 ** step))));
          const direction = tf.div(tf.mul(mean, tf.scalar(1 / (1 - beta1 ** step))), tf.add(root, scalar(epsilon)));
          const decayed = kept ? tf.mul(values, kept) : values;
          return { next: tf.sub(decayed, tf.mul(direction, rate)) as Tensor2D, now };
        })();
        release(memory);
        memory = keptAll(now);
        return next;
      },
      state: () => ({ ...memory }),
      restore(saved) {
        release(memory);
        memory = keptAll(saved);
      },
      dispose() {
        release(memory);
        memory = {};
      },
    };
  };
}

const inOnePass = kernel('Adamw', 3);

const mixed = (old: Tensor2D, now: Tensor2D, beta: number): Tensor2D =>
  tf.add(tf.mul(old, scalar(beta)), tf.mul(now, scalar(1 - beta)));

function keptAll(memory: Memory): Memory {
  Object.values(memory).forEach((tensor) => keep(tensor));
  return memory;
}
