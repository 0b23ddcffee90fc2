/**
 * Losses of the rows of an output layer, with their gradients. L = Σ wᵢ ℓᵢ per lane, w the batch's weights.
 *
 *   cross-entropy:   ℓ = −log softmax(z)[t],   dz = w ∘ (softmax(z) − onehot(t))
 *   squared error:   ℓ = (z − t)²,             dz = 2 w ∘ (z − t)
 */
import tf, { type Tensor1D, type Tensor2D } from '@tensorflow/tfjs';
import { scalar } from '../tensor/engine.ts';
import { hasKernels, kernel, type Kernel } from '../tensor/kernels.ts';
import type { Targets } from './targets.ts';

export interface Loss {
  forward(logits: Tensor2D, targets: Targets): { y: Tensor1D; kept: Kept };
  /** dlogits for a gradient of one in every lane's loss. */
  backward(kept: Kept, targets: Targets): Tensor2D;
}

/** What backward needs, [rows, classes]: the gradient itself ('gradient'), the probabilities ('p') or how far the rows are off ('off'). */
export type Kept = { readonly [what in 'gradient' | 'p' | 'off']?: Tensor2D };

/** log P at pairs of row and token. A probability below 1e-37 (85 nats) counts as that: float32 has nothing below. */
export function logProbability(p: Tensor2D, index: Tensor2D): Tensor1D {
  return tf.log(tf.maximum(tf.gatherND(p, index), scalar(1e-37)));
}

const perLane = (losses: tf.Tensor, { weight, lanes }: Targets): Tensor1D =>
  tf.sum(tf.mul(tf.reshape(losses, [lanes, -1]), tf.reshape(weight, [lanes, -1])), 1);

/** −Σ w log P[i, tᵢ] per lane. */
const crossEntropyOf = (p: Tensor2D, targets: Targets): Tensor1D =>
  tf.neg(perLane(logProbability(p, targets.targetIndex), targets));

const byLanes = new Map<number, Kernel>();

/** Loss and gradient of the logits in one pass over them, [lanes] and [rows, classes]. */
function crossEntropyByKernel(
  logits: Tensor2D,
  { targets, weight, lanes }: Targets,
): { y: Tensor1D; gradient: Tensor2D } {
  let run = byLanes.get(lanes);
  if (!run) byLanes.set(lanes, (run = kernel('CrossEntropy', 2, { integers: { lanes } })));
  const [y, gradient] = run(logits, targets.device, weight) as [Tensor1D, Tensor2D];
  return { y, gradient };
}

export const crossEntropy: Loss = {
  forward(logits, targets) {
    if (hasKernels()) {
      const { y, gradient } = crossEntropyByKernel(logits, targets);
      return { y, kept: { gradient } };
    }
    const p = tf.softmax(logits) as Tensor2D;
    return { y: crossEntropyOf(p, targets), kept: { p } };
  },
  backward({ gradient, p }, { targets, weight }) {
    if (gradient) return tf.clone(gradient);
    const oneHot = tf.oneHot(targets.device, p!.shape[1]).toFloat();
    return tf.mul(tf.sub(p!, oneHot), weight);
  },
};

export const squaredError: Loss = {
  forward(logits, targets) {
    const off = tf.sub(logits, targets.numbers!) as Tensor2D;
    return { y: perLane(tf.square(off), targets), kept: { off } };
  },
  backward: ({ off }, { weight }) => tf.mul(tf.mul(off!, scalar(2)), weight),
};
