/**
 * How far a kernel has moved in magnitude and in direction (DoRA, arXiv:2402.09353 §3.2, Eq. 2 and 3), as means over its k outputs:
 *
 *   ΔM = Σₙ | ‖w′ₙ‖ − ‖wₙ‖ | / k,   ΔD = Σₙ (1 − cos(w′ₙ, wₙ)) / k,   wₙ the weights of output n, a column of W [in, out].
 *
 * The paper draws one against the other over layers and steps: full fine-tuning moves the one where it does not move the other (a
 * negative correlation), LoRA moves both together (a positive one).
 */
export interface MagnitudeAndDirection {
  readonly magnitude: number;
  readonly direction: number;
}

/** Both kernels [in, out], row-major. An output whose weights are all zero has no direction, and counts for 0 where it keeps none. */
export function magnitudeAndDirection(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  [inputs, outputs]: readonly [number, number],
): MagnitudeAndDirection {
  let [magnitude, direction] = [0, 0];
  for (let n = 0; n < outputs; n++) {
    let [old, now, inner] = [0, 0, 0];
    for (let at = n; at < inputs * outputs; at += outputs) {
      old += before[at]! ** 2;
      now += after[at]! ** 2;
      inner += before[at]! * after[at]!;
    }
    magnitude += Math.abs(Math.sqrt(now) - Math.sqrt(old));
    if (old === 0 || now === 0) direction += old === now ? 0 : 1;
    else direction += 1 - inner / Math.sqrt(old * now);
  }
  return { magnitude: magnitude / outputs, direction: direction / outputs };
}
