/** What is known of the changes that the runs of an experiment have made: `analysis.json`, beside `plan.json`. */
import { z } from 'zod';
import { analysedRun, type RunAnalysis, type Value } from './analysedRun.ts';

export type { Movement, Requantized, RunAnalysis } from './analysedRun.ts';

/** Name and version of the format. A field that changes its meaning changes the number. */
export const analysisSchemaName = 'adapterlab/analysis/1';

export interface Analysis {
  schema: typeof analysisSchemaName;
  experiment: string;
  /** Kernels that some run has changed, in network order. Lists by site elsewhere are in the order of their `sites`, indices of these. */
  sites: { name: string; shape: [number, number] }[];
  /** By name, in the plan's order; those that have a best rate. */
  variants: Record<string, VariantAnalysis>;
  similarity: { baselines: SimilarityBaseline[]; pairs: SimilarityPair[] };
  /** One for every storage but float32. */
  quantization: StorageError[];
}

export interface VariantAnalysis {
  /** The best, as in the report. */
  learningRate: number;
  sites: number[];
  /** One a seed. */
  runs: RunAnalysis[];
  /** Where the experiment kept the start, and it is not the base. */
  start: StartAnalysis | null;
}

/** Var(ΔW₀) by site: from the spec of the start, and in the mean over the seeds. */
export interface StartAnalysis {
  predicted: number[];
  measured: number[];
}

export type Grid = Value[][];

/** φ of random directions in the spaces of these sites: its mean, and between which bounds the mean over the sites lies by chance. */
export interface SimilarityBaseline {
  sites: number[];
  input: { mean: Grid; low: Grid; high: Grid };
  output: { mean: Grid; low: Grid; high: Grid };
}

/**
 * φ(i, j) between the first i directions of ΔW of one variant and the first j of another, i and j of `compared`, as the mean over the
 * sites of the baseline: between the seeds of one variant (a = b; all pairs of them), or between two variants (each seed with itself).
 */
export interface SimilarityPair {
  a: string;
  b: string;
  /** Pairs of runs. */
  runs: number;
  /** Index of the baseline. */
  baseline: number;
  input: Grid;
  output: Grid;
}

export interface StorageError {
  storage: Record<string, unknown>;
  /** Which hold their base so. */
  variants: string[];
  /** The linear maps that are held so, in network order. */
  sites: string[];
  /** ‖W_held − W‖ / ‖W‖ by site. */
  relative: number[];
  bitsPerParameter: number;
}

/** Directions that are compared: rows and columns of a similarity's grid. */
export const compared: readonly number[] = [1, 2, 4, 8];

const value = z.number().nullable();
const numbers = z.array(z.number());
const index = z.int().nonnegative();
const grid = z.array(z.array(value).length(compared.length)).length(compared.length);
const baselineSide = z.strictObject({ mean: grid, low: grid, high: grid });

const analysisFields: z.ZodType<Analysis> = z.strictObject({
  schema: z.literal(analysisSchemaName),
  experiment: z.string().min(1),
  sites: z
    .array(z.strictObject({ name: z.string(), shape: z.tuple([z.int().positive(), z.int().positive()]) }))
    .describe('Kernels [in, out] that some run has changed'),
  variants: z.record(
    z.string(),
    z.strictObject({
      learningRate: z.number().positive().describe('The rate with the lowest validation loss'),
      sites: z.array(index).describe('Indices of the sites, in the order of all lists below'),
      runs: z.array(analysedRun),
      start: z
        .strictObject({ predicted: numbers, measured: numbers })
        .nullable()
        .describe('Variance of the change before the first step, predicted s² r σ_A² σ_B² and measured'),
    }),
  ),
  similarity: z
    .strictObject({
      baselines: z.array(z.strictObject({ sites: z.array(index), input: baselineSide, output: baselineSide })),
      pairs: z.array(
        z.strictObject({ a: z.string(), b: z.string(), runs: index, baseline: index, input: grid, output: grid }),
      ),
    })
    .describe(`arXiv:2106.09685 §7.2 on the directions of the change, the first ${compared.join(', ')} of each`),
  quantization: z.array(
    z.strictObject({
      storage: z.record(z.string(), z.unknown()),
      variants: z.array(z.string()),
      sites: z.array(z.string()),
      relative: numbers.describe('Frobenius norm of the error over that of the kernel'),
      bitsPerParameter: z.number().positive(),
    }),
  ),
});

/** Checks an analysis, also that its lists have an entry for every site. */
export const analysis: z.ZodType<Analysis> = analysisFields.superRefine(({ sites, variants }: Analysis, context) => {
  const wrong = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  for (const [name, variant] of Object.entries(variants)) {
    const odd = variant.sites.find((site) => site >= sites.length);
    if (odd !== undefined) wrong(['variants', name, 'sites'], `there is no site ${odd}`);
    variant.runs.forEach(({ spectrum, effectiveRank, stableRank, norm, relativeNorm }, i) => {
      for (const [field, list] of Object.entries({ spectrum, effectiveRank, stableRank, norm, relativeNorm }))
        if (list.length !== variant.sites.length)
          wrong(['variants', name, 'runs', i, field], `has ${list.length} entries for ${variant.sites.length} sites`);
    });
  }
});

/** The published schema: `docs/analysis.schema.json`. */
export function analysisJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(analysisFields);
  return { $schema, title: 'Analysis of the changes that the runs of an experiment have made', ...rest };
}
