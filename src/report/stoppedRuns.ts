import type { RunRecord, StoppedRun } from '../results/record.ts';
import { learningRateText } from './numberText.ts';

/** A run that diverged or failed, in words. */
export interface StoppedText {
  run: string;
  status: StoppedRun['status'];
  error: string;
}

export function stoppedRuns(records: readonly RunRecord[]): StoppedText[] {
  return records.flatMap((record) =>
    record.status === 'finished'
      ? []
      : [
          {
            run: `${record.plan.variant} at ${learningRateText(record.plan.learningRate)}, seed ${record.plan.seed}`,
            status: record.status,
            error: record.error,
          },
        ],
  );
}
