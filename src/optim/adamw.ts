/**
 * AdamW, arXiv:1711.05101, as torch has it: decoupled decay first, both moments corrected for their start, ε outside the root.
 *
 *   w ← w (1 − η λ);   m ← β₁ m + (1 − β₁) g;   v ← β₂ v + (1 − β₂) g²;   w ← w − η m̂ / (√v̂ + ε).
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { keep, release, scalar, scoped } from '../tensor/engine.ts';
import type { OptimizerFactory } from './optimizer.ts';

export interface AdamwOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

export function adamw({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamwOptions = {}): OptimizerFactory {
  return () => {
    let moments: { mean: Tensor2D; square: Tensor2D } | null = null;
    return {
      spec: { type: 'adamw', beta1, beta2, epsilon },
      step(step, values, gradient, { rate, keep: kept }) {
        const { next, mean, square } = scoped(() => {
          const before = moments ?? { mean: tf.zerosLike(gradient), square: tf.zerosLike(gradient) };
          const mean = mixed(before.mean, gradient, beta1);
          const square = mixed(before.square, tf.square(gradient), beta2);
          const root = tf.sqrt(tf.mul(square, tf.scalar(1 / (1 - beta2 ** step))));
          const direction = tf.div(tf.mul(mean, tf.scalar(1 / (1 - beta1 ** step))), tf.add(root, scalar(epsilon)));
          const decayed = kept ? tf.mul(values, kept) : values;
          return { next: tf.sub(decayed, tf.mul(direction, rate)) as Tensor2D, mean, square };
        })();
        release(moments);
        moments = { mean: keep(mean), square: keep(square) };
        return next;
      },
      state: () => (moments ? { ...moments } : {}),
      restore({ mean, square }) {
        release(moments);
        moments = mean && square ? { mean: keep(mean), square: keep(square) } : null;
      },
      dispose() {
        release(moments);
        moments = null;
      },
    };
  };
}

const mixed = (old: Tensor2D, now: Tensor2D, beta: number): Tensor2D =>
  tf.add(tf.mul(old, scalar(beta)), tf.mul(now, scalar(1 - beta)));
