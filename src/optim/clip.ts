/** Clipping by global norm, per lane, as torch.nn.utils.clip_grad_norm_:   g ← g · min(1, limit / (‖g‖ + 1e-6)). */
import tf, { type Tensor2D } from '@tensorflow/tfjs';

/** `norms`: ‖g‖ of each lane. A lane within the limit keeps its gradient to the bit. */
export function clipByNorm(gradient: Tensor2D, norms: readonly number[], limit: number): Tensor2D {
  const factors = norms.map((norm) => Math.min(1, limit / (norm + 1e-6)));
  return tf.mul(gradient, tf.tensor2d(factors, [norms.length, 1]));
}
