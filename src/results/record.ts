import { z } from 'zod';
import { type Derived, derived } from './record/derived.ts';
import { type Environment, type Times, environment, times } from './record/environment.ts';
import * as measured from './record/measured.ts';
import { type RunPlan, runPlan } from './record/plan.ts';

/** Name and version of the format. A field that changes its meaning changes the number. */
export const recordSchemaName = 'adapterlab/run/1';

interface AnyRun {
  schema: typeof recordSchemaName;
  plan: RunPlan;
  history: measured.History;
  evaluations: measured.Evaluation[];
  ranks?: measured.Ranks;
  samples?: measured.Sample[];
  environment: Environment;
  times: Times;
}

export interface FinishedRun extends AnyRun {
  status: 'finished';
  derived: Derived;
  gradientsAtStart: Record<string, measured.Measured>;
  /** Scores of the base, before any adapter was put on it. */
  before: measured.Scores;
  /** Scores after the last step. */
  final: measured.Scores;
}

/** A run that did not finish keeps what was measured until then; what was never measured is null. */
export interface StoppedRun extends AnyRun {
  status: 'diverged' | 'failed';
  error: string;
  derived: Derived | null;
  gradientsAtStart: Record<string, measured.Measured> | null;
  before: measured.Scores<measured.Measured> | null;
  final: measured.Scores<measured.Measured> | null;
}

/** What one run was asked to do, what followed from it, and what was measured. One JSON file each. */
export type RunRecord = FinishedRun | StoppedRun;

const head = { schema: z.literal(recordSchemaName), plan: runPlan };
const body = {
  history: measured.history,
  evaluations: measured.evaluations,
  ranks: measured.ranks.optional(),
  samples: measured.samples.optional(),
  environment,
  times,
};

const record = z.discriminatedUnion('status', [
  z.strictObject({
    ...head,
    status: z.literal('finished'),
    derived,
    gradientsAtStart: measured.gradientsAtStart,
    before: measured.scores.describe('Scores of the base, before any adapter was put on it'),
    final: measured.scores.describe('Scores after the last step'),
    ...body,
  }),
  z.strictObject({
    ...head,
    status: z.enum(['diverged', 'failed']),
    error: z.string().describe('What happened'),
    derived: derived.nullable(),
    gradientsAtStart: measured.gradientsAtStart.nullable(),
    before: measured.partialScores.nullable(),
    final: measured.partialScores.nullable(),
    ...body,
  }),
]);

/** Checks a record, also that the columns of a table have the same length. */
export const runRecord: z.ZodType<RunRecord> = record.superRefine((run: RunRecord, context) => {
  const wrong = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
  const { step, gradientNormByRole, ...columns } = run.history;
  for (const [name, values] of Object.entries(columns))
    if (values && values.length !== step.length)
      wrong(['history', name], `has ${values.length} values for ${step.length} steps`);
  for (const [role, values] of Object.entries(gradientNormByRole))
    if (values.length !== step.length)
      wrong(['history', 'gradientNormByRole', role], `has ${values.length} values for ${step.length} steps`);
  const { name: names, ...ofSites } = run.derived?.sites ?? { name: [] };
  for (const [name, values] of Object.entries(ofSites))
    if (values.length !== names.length)
      wrong(['derived', 'sites', name], `has ${values.length} values for ${names.length} sites`);
  if (!run.ranks) return;
  for (const name of ['active', 'budget'] as const)
    if (run.ranks[name].length !== run.ranks.step.length)
      wrong(['ranks', name], `has ${run.ranks[name].length} entries for ${run.ranks.step.length} steps`);
  if (run.ranks.active.some((row) => row.length !== run.ranks?.sites.length))
    wrong(['ranks', 'active'], `expected one rank for each of the ${run.ranks.sites.length} sites in every row`);
});

/** The published schema of a record: `docs/run-record.schema.json`. */
export function recordJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(record);
  return { $schema, title: 'Record of one run', ...rest };
}
