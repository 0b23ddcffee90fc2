/**
 * Norms of the columns of V = W + s A B, per lane, and their gradient, from products of rank r alone:
 *
 *   n_j² = ‖w_j + s (AB)_j‖² = ‖w_j‖² + Σ_r B_rj (2 s (AᵀW)_rj + s² ((AᵀA) B)_rj);
 *
 *   with dV = V ∘ q, q = dn/n:   dB = s Aᵀ dV = (s AᵀW + s² (AᵀA) B) ∘ q,   dA = s dV Bᵀ = s W (B ∘ q)ᵀ + s² A ((B ∘ q) Bᵀ).
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { scalar } from './engine.ts';
import { hasKernels, kernel } from './kernels.ts';

/** What is asked of a frozen matrix W [in, out]. */
export interface FrozenMatrix {
  /** ‖w_j‖² [out] */
  squares(): Tensor;
  /** x · W: [rows, in] -> [rows, out]. */
  times(x: Tensor2D): Tensor2D;
  /** dy · Wᵀ: [rows, out] -> [rows, in]. */
  back(dy: Tensor2D): Tensor2D;
}

/** A [in, r] or [lanes, in, r], B [r, out] or [lanes, r, out]; norms [out] or [lanes, 1, out]. */
export interface LowRankNorms {
  forward(down: Tensor, up: Tensor): Tensor;
  /** dA and dB, in their forms; AᵀW is computed again. */
  backward(dNorms: Tensor, norms: Tensor, down: Tensor, up: Tensor): { dDown: Tensor; dUp: Tensor };
}

export function lowRankNorms(scale: number, frozen: FrozenMatrix): LowRankNorms {
  const byKernel = kernel('LowRankNorms', 1, { numbers: { scale } });
  const [linear, squared] = [scale, scale * scale];
  /** AᵀW, the rows of a lane after those of the other. */
  const downTimesFrozen = (down: Tensor): Tensor2D => {
    const turned = turn(down);
    return frozen.times(tf.reshape(turned, [-1, turned.shape.at(-1)!]));
  };
  const byOperations = (times: Tensor2D, down: Tensor, up: Tensor): Tensor => {
    const withKernel = tf.reshape(times, up.shape);
    const withItself = tf.matMul(tf.matMul(turn(down), down), up);
    const both = tf.add(tf.mul(withKernel, scalar(2 * linear)), tf.mul(withItself, scalar(squared)));
    const cross = tf.sum(tf.mul(up, both), -2, up.rank === 3);
    return tf.sqrt(tf.relu(tf.add(frozen.squares(), cross)));
  };
  return {
    forward(down, up) {
      const times = downTimesFrozen(down);
      return hasKernels() ? byKernel(frozen.squares(), times, down, up)[0]! : byOperations(times, down, up);
    },
    backward(dNorms, norms, down, up) {
      const q = tf.div(dNorms, norms);
      const scaledUp = tf.mul(up, q);
      const timesFrozen = tf.reshape(downTimesFrozen(down), up.shape);
      const withItself = tf.matMul(tf.matMul(turn(down), down), up);
      const dUp = tf.mul(tf.add(tf.mul(timesFrozen, scalar(linear)), tf.mul(withItself, scalar(squared))), q);
      const rows = frozen.back(tf.reshape(scaledUp, [-1, up.shape.at(-1)!]));
      const throughFrozen = turn(tf.reshape(rows, turn(down).shape));
      const throughChange = tf.matMul(down, tf.matMul(scaledUp, turn(up)));
      const dDown = tf.add(tf.mul(throughFrozen, scalar(linear)), tf.mul(throughChange, scalar(squared)));
      return { dDown, dUp };
    },
  };
}

/** The last two axes exchanged. */
const turn = (x: Tensor): Tensor => tf.transpose(x, x.rank === 3 ? [0, 2, 1] : [1, 0]);
