/**
 * A share s of a change, for use after training:   y ← p + s (y − p),   p what the base gives.
 *
 * s = 1 is what was trained, s = 0 the base exactly, s = ½ half way between the two outputs. The kernel between them is
 * W + s (W′ − W), W′ the merged one: for a low-rank update the same as s times its scale; for DoRA, whose W′ is
 * m ∘ (W + ΔW) / ‖W + ΔW‖, half the whole change, magnitude and direction together (not half of ΔW, renormalized).
 */
import tf, { type Tensor } from '@tensorflow/tfjs';

/** `base` is asked only where it is needed. Either tensor may broadcast to the other. */
export function withStrength<T extends Tensor>(strength: number, changed: T, base: () => Tensor): T {
  if (strength === 1) return changed;
  const plain = base();
  return tf.add(plain, tf.mul(tf.sub(changed, plain), strength));
}
