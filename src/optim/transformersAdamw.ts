/**
 * AdamW as transformers had it (transformers.AdamW, until version 5), and PEFT still has for LoRA-FA: ε joins the root before the
 * correction of the moments, and decay comes after the step and of its result.
 *
 *   m ← β₁ m + (1 − β₁) g;   v ← β₂ v + (1 − β₂) g²;   w ← (w − η √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε)) (1 − η λ).
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { checkNames } from '../optionNames.ts';
import { keep, release, scalar, scoped } from '../tensor/engine.ts';
import type { OptimizerFactory } from './optimizer.ts';

export interface TransformersAdamwOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

export function transformersAdamw(options: TransformersAdamwOptions = {}): OptimizerFactory {
  checkNames('transformersAdamw()', options, ['beta1', 'beta2', 'epsilon']);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6 } = options;
  return () => {
    let moments: { mean: Tensor2D; square: Tensor2D } | null = null;
    return {
      spec: { type: 'transformersAdamw', beta1, beta2, epsilon },
      step(step, values, gradient, { rate, keep: kept }) {
        const { next, mean, square } = scoped(() => {
          const before = moments ?? { mean: tf.zerosLike(gradient), square: tf.zerosLike(gradient) };
          const mean = mixed(before.mean, gradient, beta1);
          const square = mixed(before.square, tf.square(gradient), beta2);
          const direction = tf.div(mean, tf.add(tf.sqrt(square), scalar(epsilon)));
          const size = tf.mul(rate, tf.scalar(Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step)));
          const moved = tf.sub(values, tf.mul(direction, size));
          return { next: (kept ? tf.mul(moved, kept) : moved) as Tensor2D, mean, square };
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
