/**
 * Learning-rate schedules as factors of the rate, as transformers' get_scheduler: t/warm-up at first (so that the first step has factor
 * 0), then by the share p of the steps after the warm-up that are done,
 *
 *   constant              1
 *   linear                1 − p
 *   cosine                (1 + cos π p) / 2
 *   cosine_with_restarts  (1 + cos π (c p mod 1)) / 2, 0 at the end        c `cycles`
 *   polynomial            (1 − e)(1 − p)^k + e                             k `power`, e `endFactor`
 *   inverse_sqrt          1 / √((t − warm-up + s) / s)                     s `timeScale`
 */
export type ScheduleType = Schedule['type'];

export type Schedule = {
  readonly warmupSteps: number;
} & (
  | { readonly type: 'constant' | 'linear' | 'cosine' }
  | {
      readonly type: 'cosine_with_restarts';
      /** 1 by default. */
      readonly cycles?: number;
    }
  | {
      readonly type: 'polynomial';
      /** 1 by default. */
      readonly power?: number;
      /** Where it ends, as a share of the rate (transformers has the rate itself, 1e-7): 1e-7 by default. */
      readonly endFactor?: number;
    }
  | {
      readonly type: 'inverse_sqrt';
      /** In steps: the warm-up by default, 10,000 without one. */
      readonly timeScale?: number;
    }
);

/** The names of a schedule's options beside `type` and `warmupSteps`. */
export const scheduleOptions: { readonly [type in ScheduleType]: readonly string[] } = {
  constant: [],
  linear: [],
  cosine: [],
  cosine_with_restarts: ['cycles'],
  polynomial: ['power', 'endFactor'],
  inverse_sqrt: ['timeScale'],
};

/** The factor of a step, counted from 1, of a run of `steps`; also of later ones. */
export function scheduleFactor(schedule: Schedule, step: number, steps: number): number {
  const { warmupSteps } = schedule;
  const done = step - 1;
  if (done < warmupSteps) return done / Math.max(1, warmupSteps);
  const progress = (done - warmupSteps) / Math.max(1, steps - warmupSteps);
  switch (schedule.type) {
    case 'constant':
      return 1;
    case 'linear':
      return Math.max(0, (steps - done) / Math.max(1, steps - warmupSteps)); // 0 at the end also where all is warm-up
    case 'cosine':
      return halfCosine(progress);
    case 'cosine_with_restarts':
      return progress >= 1 ? 0 : halfCosine(((schedule.cycles ?? 1) * progress) % 1);
    case 'polynomial': {
      const { power = 1, endFactor = 1e-7 } = schedule;
      return progress > 1 ? endFactor : (1 - endFactor) * (1 - progress) ** power + endFactor;
    }
    case 'inverse_sqrt': {
      const { timeScale = warmupSteps || 10_000 } = schedule;
      return 1 / Math.sqrt((done - warmupSteps + timeScale) / timeScale);
    }
  }
}

const halfCosine = (share: number): number => Math.max(0, (1 + Math.cos(Math.PI * share)) / 2);
