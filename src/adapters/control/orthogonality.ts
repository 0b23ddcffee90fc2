/**
 * AdaLoRA's penalty that keeps P and Q orthogonal. The official code and PEFT take the mean over all 2n matrices of the unsquared
 * Frobenius norm,   R = mean ‖C‖,   C = QᵀQ − I or PPᵀ − I   (both [r, r]);   the paper's Eq. 4 sums the squares over the sites.
 *
 *   ∂‖C‖/∂Q = 2 Q C / ‖C‖,   ∂‖C‖/∂P = 2 C P / ‖C‖;   ∂‖C‖²/∂Q = 4 Q C,   ∂‖C‖²/∂P = 4 C P.
 */
import tf, { type Tensor, type Tensor1D } from '@tensorflow/tfjs';
import type { Parameter } from '../../tensor/arena.ts';
import { release, scalar, scoped } from '../../tensor/engine.ts';

export type OrthogonalityForm = 'norm' | 'squared';

/** Adds weight · ∂R to the factors' gradients and gives weight · R per lane. `factors`: every P ('up') and Q ('down'). */
export function orthogonalityPenalty(
  factors: readonly Parameter[],
  weight: number,
  form: OrthogonalityForm,
): Float32Array {
  const share = form === 'norm' ? weight / factors.length : weight;
  const total = scoped(() => {
    const terms = factors.map((factor) => {
      const value = factor.value;
      const isDown = factor.role === 'down';
      const gram = isDown ? tf.matMul(tf.transpose(value, turned(value)), value) : tf.matMul(value, value, false, true);
      const c = tf.sub(gram, tf.eye(gram.shape.at(-1)!));
      const slope = isDown ? tf.matMul(value, c) : tf.matMul(c, value);
      const square = tf.sum(tf.square(c), [-2, -1], true);
      if (form === 'squared') {
        factor.accumulate(tf.mul(slope, scalar(4 * share)));
        return tf.reshape(square, [factor.lanes]);
      }
      const norm = tf.sqrt(tf.add(square, scalar(1e-30)));
      factor.accumulate(tf.div(tf.mul(slope, scalar(2 * share)), norm));
      return tf.reshape(norm, [factor.lanes]);
    });
    return tf.mul(tf.addN(terms), scalar(share)) as Tensor1D;
  })();
  const perLane = total.dataSync() as Float32Array;
  release(total);
  return perLane;
}

const turned = (x: Tensor): number[] => (x.rank === 3 ? [0, 2, 1] : [1, 0]);
