import { z } from 'zod';
import { type Json, json, jsonObject } from '../json.ts';

/** What one run was asked to do. Two runs with the same `hash` are the same run. */
export interface RunPlan {
  experiment: string;
  question: string;
  variant: string;
  seed: number;
  learningRate: number;
  /** The extension of the grid that the rate came with, from 1; absent where it is of the grid as written. Not part of the hash. */
  round?: number;
  recipe: Record<string, Json>;
  train: Record<string, Json>;
  base: Json;
  learn: Json;
  retain: Json;
  /** Tasks that are scored beside them, by name; not in the plans of experiments without any. */
  observe?: Record<string, Json>;
  adapt: Json;
  group: { id: string; lanes: number; lane: number };
  hash: string;
}

/** A hash as plans and records write it. */
export const hash: z.ZodType<string> = z.string().regex(/^[0-9a-f]{8,64}$/, 'expected 8 to 64 hexadecimal digits');

export const runPlan: z.ZodType<RunPlan> = z.strictObject({
  experiment: z.string().min(1).describe('Name of the experiment: its folder below the results'),
  question: z.string().describe('The question that the experiment asks'),
  variant: z.string().min(1).describe('Name of the variant, unique in the experiment'),
  seed: z.int().describe('Root of all randomness of the run'),
  learningRate: z.number().positive().describe('Peak of the schedule, before the multipliers by role'),
  round: z
    .int()
    .positive()
    .optional()
    .describe('The extension of the grid that the rate came with, from 1; absent where it is of the grid as written'),
  recipe: jsonObject.describe('Specs of the slots: storage, update, rescale, groups, control'),
  train: jsonObject.describe('Steps, batch, schedule, optimizer, clipping, evaluation'),
  base: json.describe('The pretrained network: where it comes from'),
  learn: json.describe('The target task: what the run learns'),
  retain: json.describe('The source task: what the run may forget'),
  observe: jsonObject.optional().describe('Tasks that are scored beside them, by name'),
  adapt: json.describe('Which sites are adapted'),
  group: z
    .strictObject({ id: z.string(), lanes: z.int().positive(), lane: z.int().nonnegative() })
    .describe('The runs that shared one training step, and the place of this run among them'),
  hash: hash.describe('Hash of everything above that decides the result'),
});
