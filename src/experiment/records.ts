/** One record per run of a group, from what the group measured. */
import type { RunRecord } from '../results/record.ts';
import type { Derived } from '../results/record/derived.ts';
import type { Environment, Times } from '../results/record/environment.ts';
import type { Measured, Sample, Scores } from '../results/record/measured.ts';
import type { RunPlan } from '../results/record/plan.ts';
import type { Group } from './groups.ts';
import { evaluationsOf, gradientsAtStartOf, type GroupLog, newLog, ranksRecordOf } from './groupLog.ts';
import { historyEvery, historyOf } from './history.ts';

/** What came of a group. Lists have one entry a lane; what was never reached is null. */
export interface Outcome {
  readonly log: GroupLog;
  readonly environment: Environment;
  readonly before: Scores | null;
  readonly derived: readonly Derived[] | null;
  readonly final: readonly Final[] | null;
  /** The sites that ranks are recorded of. */
  readonly rankSites: readonly string[];
  /** What was thrown, if anything was. */
  readonly error: string | null;
}

/** At the end of a run. */
export interface Final {
  readonly scores: Scores<Measured>;
  readonly samples: readonly Sample[];
}

export function recordsOf({ runs }: Group, outcome: Outcome): RunRecord[] {
  return runs.map((run, lane) => recordOf(run, lane, outcome));
}

/** Records of a group that failed before anything was measured. */
export function failedRecords(group: Group, environment: Environment, error: string): RunRecord[] {
  const log = newLog(group.runs.length);
  return recordsOf(group, { log, environment, before: null, derived: null, final: null, rankSites: [], error });
}

function recordOf(plan: RunPlan, lane: number, outcome: Outcome): RunRecord {
  const { log, environment, before } = outcome;
  const ranks = ranksRecordOf(log, lane, outcome.rankSites);
  const derived = outcome.derived?.[lane] ?? null;
  const gradientsAtStart = gradientsAtStartOf(log, lane);
  const { scores: final = null, samples = [] } = outcome.final?.[lane] ?? {};
  const schema = 'adapterlab/run/1';
  const measurements = {
    history: historyOf(log, {
      lane,
      learningRate: plan.learningRate,
      every: historyEvery(plan.train['steps'] as number),
    }),
    evaluations: evaluationsOf(log, lane),
    ...(ranks && { ranks }),
    ...(samples.length > 0 && { samples: [...samples] }),
    environment,
    times: timesOf(log, plan.group.lanes),
  };
  const stopped = { schema, plan, derived, gradientsAtStart, before, ...measurements } as const;
  if (outcome.error !== null) return { ...stopped, status: 'failed', error: outcome.error, final };
  const divergedAt = log.divergedAt[lane];
  if (divergedAt !== null)
    return {
      ...stopped,
      status: 'diverged',
      error: `the loss or its gradient is not a number at step ${divergedAt}`,
      final: null,
    };
  if (derived === null || gradientsAtStart === null || before === null || final === null)
    return { ...stopped, status: 'failed', error: 'the run ended before anything was measured', final };
  if (!isFinite(final)) return { ...stopped, status: 'diverged', error: 'a final score is not a number', final };
  return { schema, plan, status: 'finished', derived, gradientsAtStart, before, final, ...measurements };
}

function isFinite(scores: Scores<Measured>): scores is Scores {
  const { learn, retain, observe = {} } = scores;
  const all = [learn.validation, learn.test, retain.test, ...Object.values(observe)].flatMap((metrics) =>
    Object.values(metrics),
  );
  return all.every((value) => value !== null);
}

/** Each run's share of its group's time. */
function timesOf({ startedAt, trainSeconds, evaluateSeconds, reports }: GroupLog, lanes: number): Times {
  return {
    startedAt,
    trainSeconds: timed(trainSeconds / lanes),
    evaluateSeconds: timed(evaluateSeconds / lanes),
    secondsPerStep: reports.length === 0 ? null : timed(trainSeconds / lanes / reports.length),
  };
}

/** No clock of a busy machine tells more than four digits. */
const timed = (seconds: number): number => Number(seconds.toPrecision(4));
