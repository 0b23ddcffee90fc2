/** How large the sweep is. */
export interface SweepSize {
  readonly seeds: number;
  readonly learningRates: readonly number[];
  readonly steps: number;
  readonly batch: number;
  /** Tokens. */
  readonly sequence: number;
}

export const sweep: SweepSize = { seeds: 8, learningRates: [1e-4, 3e-4, 1e-3], steps: 200, batch: 8, sequence: 128 };
export const quickSweep: SweepSize = { ...sweep, seeds: 2, steps: 10 };
