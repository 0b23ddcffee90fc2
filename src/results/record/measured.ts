import { z } from 'zod';

/** A measured number; null where it was NaN or infinite (a run that diverged), which JSON cannot say. */
export type Measured = number | null;

/** Metrics of one task by name: the mean loss in nats per predicted token, and what else the task measures. */
export interface Metrics<T extends Measured = number> {
  lossNats: T;
  [metric: string]: T;
}

/** The target task (`learn`), the source task (`retain`) and, by name, the test data of what is only observed. */
export interface Scores<T extends Measured = number> {
  learn: { validation: Metrics<T>; test: Metrics<T> };
  retain: { test: Metrics<T> };
  observe?: Record<string, Metrics<T>>;
}

/** One value per window of training steps in every column: `step` is its last, the others are means over it. */
export interface History {
  step: number[];
  lossNats: Measured[];
  penalty?: Measured[];
  learningRate: Measured[];
  gradientNorm: Measured[];
  gradientNormByRole: Record<string, Measured[]>;
}

export interface Evaluation {
  step: number;
  learn: Metrics<Measured>;
  retain: Metrics<Measured>;
}

/** What a rank allocator kept: `active` has one row per step and one column per site; `budget` is the sum of ranks it may keep. */
export interface Ranks {
  sites: string[];
  step: number[];
  active: number[][];
  budget: number[];
}

export interface Sample {
  prompt: string;
  expected: string;
  got: string;
}

const orNull = z.number().nullable();
const steps = z.array(z.int().nonnegative());
const series = z.array(orNull);

function metricsOf<T extends Measured>(value: z.ZodType<T>): z.ZodType<Metrics<T>> {
  return z.object({ lossNats: value }).catchall(value);
}

function scoresOf<T extends Measured>(value: z.ZodType<T>): z.ZodType<Scores<T>> {
  return z.strictObject({
    learn: z.strictObject({ validation: metricsOf(value), test: metricsOf(value) }),
    retain: z.strictObject({
      test: metricsOf(value).describe(
        'With klToBase: KL(base || adapted) in nats per token, against the base in float32 without any adapter',
      ),
    }),
    observe: z
      .record(z.string(), metricsOf(value))
      .optional()
      .describe('Test data of further tasks, neither learnt nor the source'),
  });
}

/** Scores of a finished run: every value is a number. */
export const scores: z.ZodType<Scores> = scoresOf(z.number()).meta({ id: 'Scores' });
/** Scores of a run that stopped early: a value may be null. */
export const partialScores: z.ZodType<Scores<Measured>> = scoresOf(orNull).meta({ id: 'PartialScores' });

export const gradientsAtStart: z.ZodType<Record<string, Measured>> = z
  .record(z.string(), orNull)
  .describe('Euclidean norm of the gradient at step 0 over all parameters of a role, before clipping');

export const history: z.ZodType<History> = z
  .strictObject({
    step: steps.describe('Last step of a window, from 1; the other columns have the mean over it, for each'),
    lossNats: series.describe('Task loss of the batches in nats per predicted token, without the penalty'),
    penalty: series.optional().describe("The recipe's penalty, apart from the loss"),
    learningRate: series,
    gradientNorm: series.describe('Euclidean norm over all parameters, before clipping'),
    gradientNormByRole: z.record(z.string(), series),
  })
  .meta({ id: 'History', description: 'One value per window of training steps' });

export const evaluations: z.ZodType<Evaluation[]> = z
  .array(z.strictObject({ step: z.int().nonnegative(), learn: metricsOf(orNull), retain: metricsOf(orNull) }))
  .describe('On validation data, every so many steps; the first is step 0, before any training');

export const ranks: z.ZodType<Ranks> = z
  .strictObject({
    sites: z.array(z.string()),
    step: steps,
    active: z.array(z.array(z.int().nonnegative())).describe('Active rank: one row per step, one column per site'),
    budget: z.array(z.number()).describe('Sum of ranks that the schedule allows at each step'),
  })
  .meta({ id: 'Ranks', description: 'Where a rank allocator is in use: what it kept' });

export const samples: z.ZodType<Sample[]> = z
  .array(z.strictObject({ prompt: z.string(), expected: z.string(), got: z.string() }))
  .describe('Some prompts of the target task, with what was expected and what the adapted network wrote');

/**
 * What a record stores for a measured number: null where it is not finite, else nine significant digits, which is all that a
 * float32 has (and half the length of the same number as a float64).
 */
export function measured(value: number): Measured {
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : null;
}

/** The same for a mean over steps of training, which is noise from its third digit on: six digits, taken of the nine. */
export function measuredInWindow(value: number): Measured {
  const nine = measured(value);
  return nine === null ? null : Number(nine.toPrecision(6));
}
