/**
 * AdaLoRA's importance of every trained number, arXiv:2303.10512 Eq. 8 to 11 (no bias correction, all start at 0):
 *
 *   I = |w ∂L/∂w|,   Ī ← β₁ Ī + (1 − β₁) I,   Ū ← β₂ Ū + (1 − β₂) |I − Ī| with the new Ī,   score = Ī Ū.
 */
export interface Importance {
  readonly sensitivity: Float32Array;
  readonly uncertainty: Float32Array;
  /** `values` and `gradients` of the same length as the two. */
  update(values: Float32Array, gradients: Float32Array): void;
  score(i: number): number;
}

export function importance(count: number, beta1: number, beta2: number): Importance {
  const sensitivity = new Float32Array(count);
  const uncertainty = new Float32Array(count);
  return {
    sensitivity,
    uncertainty,
    update(values, gradients) {
      for (let i = 0; i < count; i++) {
        const now = Math.abs(values[i] * gradients[i]);
        const mean = beta1 * sensitivity[i] + (1 - beta1) * now;
        sensitivity[i] = mean;
        uncertainty[i] = beta2 * uncertainty[i] + (1 - beta2) * Math.abs(now - mean);
      }
    },
    score: (i) => sensitivity[i] * uncertainty[i],
  };
}
