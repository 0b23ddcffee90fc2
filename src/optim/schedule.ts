/**
 * Learning-rate schedules as factors of the rate, as transformers' get_*_schedule_with_warmup: (t − 1)/warm-up at first (step 1 has
 * factor 0), then constant, linear to 0 at the last step, or half a cosine.
 */
export type ScheduleType = 'constant' | 'linear' | 'cosine';

export interface Schedule {
  readonly type: ScheduleType;
  readonly warmupSteps: number;
}

/** The factor of a step, counted from 1, of a run of `steps`. */
export function scheduleFactor({ type, warmupSteps }: Schedule, step: number, steps: number): number {
  const done = step - 1;
  if (done < warmupSteps) return done / Math.max(1, warmupSteps);
  if (type === 'constant') return 1;
  const progress = (done - warmupSteps) / Math.max(1, steps - warmupSteps);
  return type === 'linear' ? Math.max(0, 1 - progress) : Math.max(0, (1 + Math.cos(Math.PI * progress)) / 2);
}
