/** What a plan says of a variant beside its recipe: its own settings, its place in a design, and the size that was solved for. */
import { z } from 'zod';
import type { ExperimentPlan } from './experimentPlan.ts';
import { type Json, json } from './json.ts';

/** A size that was solved for, so that variants train as many parameters. */
export interface MatchedSize {
  /** What the recipe was given. */
  rank: number;
  alpha: number;
  /** Effective scale s that alpha was chosen for. */
  scale: number;
  /** Trained parameters: counted when training starts, or when ranks are pruned. */
  at: 'start' | 'end';
  wanted: number;
  got: number;
}

export interface VariantInPlan {
  /** Levels by factor; empty where none are given. */
  readonly factors: Readonly<Record<string, number | string>>;
  /** The variant that it is compared with; null: the experiment's. */
  readonly reference: string | null;
  readonly matched: MatchedSize | null;
}

const fields = {
  factors: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  reference: z.string().min(1).optional(),
  matched: z
    .strictObject({
      rank: z.int().positive(),
      alpha: z.number().positive(),
      scale: z.number().positive(),
      at: z.enum(['start', 'end']),
      wanted: z.number().positive(),
      got: z.number().positive(),
    })
    .optional(),
};

/** Any JSON, with these fields as they should be where they are. */
export const variantInPlan: z.ZodType<Json> = json.superRefine((value, context) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const issue of z.looseObject(fields).safeParse(value).error?.issues ?? [])
    context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
});

/** Of a plan that was checked. A variant that it does not know has nothing. */
export function ofVariant({ variants }: ExperimentPlan, name: string): VariantInPlan {
  const value = variants[name];
  const { factors, reference, matched } = z.looseObject(fields).catch({}).parse(value);
  return { factors: factors ?? {}, reference: reference ?? null, matched: matched ?? null };
}

/** What decides the numbers of its runs: all but what reports alone look at. */
export function decidingPart(variant: Json | undefined): Json | undefined {
  if (typeof variant !== 'object' || variant === null || Array.isArray(variant)) return variant;
  const { factors: _, reference: __, matched: ___, ...deciding } = variant;
  return deciding;
}
