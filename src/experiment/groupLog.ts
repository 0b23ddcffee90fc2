/** What a group of runs has measured so far. Plain JSON, so that it can be saved with the group's state. */
import type { Control } from '../adapters/types.ts';
import type { Evaluation, Ranks } from '../results/record/measured.ts';
import { measured } from '../results/record/measured.ts';
import type { LaneMetrics } from '../train/evaluate.ts';
import type { StepReport } from '../train/trainer.ts';

/** Lists by lane are in the order of the group's runs. Saved as JSON, NaN becomes null and is null in records too. */
export interface GroupLog {
  readonly startedAt: string;
  trainSeconds: number;
  evaluateSeconds: number;
  /** The most that any step kept, of all lanes. */
  activationBytes: number;
  readonly reports: StepReport[];
  readonly evaluations: LaneEvaluations[];
  readonly ranks: LaneRanks[];
  /** The step whose loss or gradient was no number, by lane. */
  readonly divergedAt: (number | null)[];
}

export interface LaneEvaluations {
  readonly step: number;
  readonly learn: readonly LaneMetrics[];
  readonly retain: readonly LaneMetrics[];
}

export interface LaneRanks {
  readonly step: number;
  readonly budget: number;
  /** By lane, one rank per site. */
  readonly active: readonly (readonly number[])[];
}

export function newLog(lanes: number): GroupLog {
  return {
    startedAt: new Date().toISOString(),
    trainSeconds: 0,
    evaluateSeconds: 0,
    activationBytes: 0,
    reports: [],
    evaluations: [],
    ranks: [],
    divergedAt: Array.from({ length: lanes }, () => null),
  };
}

/** Active ranks over all controls that have such a thing; null where none has. */
export function ranksOf(controls: readonly Control[], step: number, lanes: number): LaneRanks | null {
  const allocators = controls.flatMap((control) => {
    const budget = control.budget(step);
    return budget === null ? [] : [{ control, budget }];
  });
  if (allocators.length === 0) return null;
  return {
    step,
    budget: allocators.reduce((sum, { budget }) => sum + budget, 0),
    active: Array.from({ length: lanes }, (_, lane) =>
      allocators.flatMap(({ control }) => control.activeRanks(lane) ?? control.sites.map(() => 0)),
    ),
  };
}

/** Norms by role at the first step; null before it. */
export function gradientsAtStartOf({ reports }: GroupLog, lane: number): Record<string, number | null> | null {
  if (reports.length === 0) return null;
  const roles = Object.entries(reports[0]!.gradientNormByRole);
  return Object.fromEntries(roles.map(([role, norms]) => [role, measured(norms[lane]!)]));
}

export function evaluationsOf({ evaluations, divergedAt }: GroupLog, lane: number): Evaluation[] {
  const last = divergedAt[lane] ?? Infinity;
  return evaluations
    .filter(({ step }) => step <= last)
    .map(({ step, learn, retain }) => ({ step, learn: metricsOf(learn[lane]!), retain: metricsOf(retain[lane]!) }));
}

/** Metrics as a record stores them. */
export function metricsOf(metrics: LaneMetrics): Evaluation['learn'] {
  const entries = Object.entries(metrics).map(([name, value]) => [name, measured(value)]);
  return Object.fromEntries(entries) as Evaluation['learn'];
}

/** Null where no control has ranks. */
export function ranksRecordOf({ ranks }: GroupLog, lane: number, sites: readonly string[]): Ranks | null {
  if (ranks.length === 0) return null;
  return {
    sites: [...sites],
    step: ranks.map(({ step }) => step),
    active: ranks.map(({ active }) => [...active[lane]!]),
    budget: ranks.map(({ budget }) => budget),
  };
}
