import type { Evaluation } from './record/measured.ts';

/** What a run has learnt and forgotten after so many steps: losses in nats on validation data. */
export interface TrajectoryPoint {
  step: number;
  targetLossNats: number;
  sourceLossNats: number;
}

/** The evaluations of a run at which both losses are numbers, in order. */
export function trajectory(evaluations: readonly Evaluation[]): TrajectoryPoint[] {
  return evaluations
    .flatMap(({ step, learn, retain }) =>
      learn.lossNats === null || retain.lossNats === null
        ? []
        : [{ step, targetLossNats: learn.lossNats, sourceLossNats: retain.lossNats }],
    )
    .sort((a, b) => a.step - b.step);
}
