/**
 * Layer norm, arXiv:1607.06450:   y = n ∘ γ + β,   n = (x − mean x) ∘ r,   r = (var x + ε)^-½ per row.
 *
 * With h = dy ∘ γ:   dx = r ∘ (h − mean h − n · mean(h ∘ n)),   dγ = Σ dy ∘ n,   dβ = Σ dy.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { scalar } from '../tensor/engine.ts';
import { laneAdd, laneScale } from '../tensor/laneMatMul.ts';
import { type Block, block } from './block.ts';
import type { Vector } from './vector.ts';

export function layerNorm(gain: Vector, bias: Vector, epsilon: number): Block {
  const share = 1 / gain.size;
  const mean = (x: tf.Tensor): tf.Tensor => tf.mul(tf.sum(x, -1, true), scalar(share));
  return block({
    trains: gain.trains || bias.trains,
    forward(x: Tensor2D) {
      const centred = tf.sub(x, mean(x));
      const r = tf.rsqrt(tf.add(mean(tf.square(centred)), scalar(epsilon)));
      const n = tf.mul(centred, r) as Tensor2D;
      return { y: laneAdd(laneScale(n, gain.value), bias.value), saved: { n, r } };
    },
    backward(dy, { n, r }, wantsInput) {
      if (gain.trains) gain.accumulateRows(tf.mul(dy, n));
      if (bias.trains) bias.accumulateRows(dy);
      if (!wantsInput) return null;
      const h = laneScale(dy, gain.value);
      return tf.mul(tf.sub(tf.sub(h, mean(h)), tf.mul(n, mean(tf.mul(h, n)))), r);
    },
  });
}
