/** A function of one number, applied to each:   y = f(x). */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';

export interface Activation {
  /** `saved` may hold x and y themselves, which the caller must not free then. */
  forward(x: Tensor): { y: Tensor; saved: Pieces };
  /** f′(x) of what forward saved. */
  slope(saved: Pieces): Tensor;
}

/** What a slope is made of. */
export interface Pieces {
  readonly [name: string]: Tensor;
}

/** The same, none of them one of those that are only lent. */
export function ownPieces(pieces: Pieces, ...lent: readonly Tensor[]): Pieces {
  return Object.fromEntries(
    Object.entries(pieces).map(([name, piece]) => [name, lent.includes(piece) ? tf.clone(piece) : piece]),
  );
}

/** dx = dy ∘ f′(x). */
export const throughActivation = (dy: Tensor, { slope }: Activation, saved: Pieces): Tensor2D =>
  tf.mul(dy, slope(saved)) as Tensor2D;
