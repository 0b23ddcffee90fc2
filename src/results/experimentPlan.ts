import { z } from 'zod';
import { type Json, jsonObject } from './json.ts';
import { hash } from './record/plan.ts';
import { variantInPlan } from './variantInPlan.ts';

export const planSchemaName = 'adapterlab/plan/1';

/** One run that an experiment asks for; `hash` is that of its record's plan. */
export interface PlannedRun {
  variant: string;
  learningRate: number;
  seed: number;
  hash: string;
  /** The extension of the grid that the rate came with, from 1; absent where it is of the grid as written. */
  round?: number;
}

/** What a results folder belongs to: `plan.json`. */
export interface ExperimentPlan {
  schema: typeof planSchemaName;
  experiment: string;
  question: string;
  /** The command that does the missing runs and the report again. */
  command: string;
  /** What all runs share: base, data, sites, training. A folder of other settings is a folder of another plan. */
  settings: Record<string, Json>;
  /** Recipe specs by name, in the order of the charts, with what a variant has of its own (variantInPlan.ts). */
  variants: Record<string, Json>;
  /** Every run that is asked for or has a record in this folder, in order. */
  runs: PlannedRun[];
}

export const experimentPlan: z.ZodType<ExperimentPlan> = z.strictObject({
  schema: z.literal(planSchemaName),
  experiment: z.string().min(1),
  question: z.string(),
  command: z.string(),
  settings: jsonObject,
  variants: z.record(z.string(), variantInPlan),
  runs: z.array(
    z.strictObject({
      variant: z.string().min(1),
      learningRate: z.number().positive(),
      seed: z.int(),
      hash,
      round: z.int().positive().optional(),
    }),
  ),
});
