/** What is known of the changes that one run has made: a part of `analysis.json` (analysis.ts). */
import { z } from 'zod';
import { hash } from './record/plan.ts';

/** A number that may not exist: of a change that is none, or where it would take too long. */
export type Value = number | null;

/** Lists have one entry a site. */
export interface RunAnalysis {
  seed: number;
  /** Of the run's plan. */
  hash: string;
  /** The first 32 singular values of ΔW, without those that are rounding. */
  spectrum: number[][];
  effectiveRank: Value[];
  stableRank: Value[];
  /** ‖ΔW‖_F, and its share of ‖W‖_F. */
  norm: number[];
  relativeNorm: Value[];
  amplification: { rank: number[]; factor: Value[]; projected: Value[]; own: Value[]; random: Value[] };
  /** How many of the first ten output directions of W′ resemble none of W to the cosine that is the name. */
  intruders: Record<string, Value[]>;
  /** ‖PᵀP − I‖_F of both factors, where an update has the form of a singular value decomposition. */
  orthogonality?: { down: Value[]; up: Value[] };
  /** Where the trajectory was kept. */
  movement?: Movement;
  /** Where the base is in codes, and the experiment's data were at hand. */
  requantized?: Requantized;
}

/** Loss of the target in nats with the kernels merged: as numbers, and as codes of the base's own format once more. */
export interface Requantized {
  merged: { validation: number; test: number };
  rounded: { validation: number; test: number };
}

/** ΔM and ΔD of DoRA by step and, in each row, site. */
export interface Movement {
  step: number[];
  magnitude: number[][];
  direction: number[][];
  /** Pearson's, over all sites and steps but the start; null where one of the two does not vary. */
  correlation: Value;
}

const column = z.array(z.number().nullable());
const numbers = z.array(z.number());
const index = z.int().nonnegative();
const losses = z.strictObject({ validation: z.number(), test: z.number() });

export const analysedRun: z.ZodType<RunAnalysis> = z.strictObject({
  seed: z.int(),
  hash: hash.describe('Of the plan of the run'),
  spectrum: z.array(numbers).describe('The first 32 singular values of the change of every site, without rounding'),
  effectiveRank: column.describe('exp of the entropy of the singular values, Roy and Vetterli 2007'),
  stableRank: column.describe('Sum of squared singular values over the largest squared'),
  norm: numbers.describe('Frobenius norm of the change'),
  relativeNorm: column.describe('The same over that of the kernel'),
  amplification: z
    .strictObject({ rank: z.array(index), factor: column, projected: column, own: column, random: column })
    .describe('arXiv:2106.09685 §7.3 with the first 8 directions (rank, where there are fewer), and both controls'),
  intruders: z
    .record(z.string(), column)
    .describe('By threshold: how many of the first 10 output directions are intruders, arXiv:2410.21228'),
  orthogonality: z
    .strictObject({ down: column, up: column })
    .optional()
    .describe('Frobenius norm of PᵀP − I of both factors in the form of a singular value decomposition'),
  movement: z
    .strictObject({
      step: z.array(index),
      magnitude: z.array(numbers),
      direction: z.array(numbers),
      correlation: z.number().nullable(),
    })
    .optional()
    .describe('arXiv:2402.09353 §3.2: one row a step, one number a site; correlation over all but step 0'),
  requantized: z
    .strictObject({ merged: losses, rounded: losses })
    .optional()
    .describe(
      'Target loss in nats with the kernels merged into a base that is in codes: as numbers, and rounded to codes again',
    ),
});
