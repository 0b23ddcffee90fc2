/** The files of a recorded training run, read and checked. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { openSafetensors, type SafetensorsFile } from '../checkpoint/safetensors.ts';
import { RequestError } from '../errors.ts';
import { pythonJson } from './pythonJson.ts';
import { type RecordedSchedule, scheduleFields } from './recordedSchedule.ts';

const caseSchema: z.ZodType<RunCase> = z.looseObject({
  base: z.string(),
  task: z.string(),
  adapter: z.string().nullable(),
  trainable: z.string().optional(),
  quantization: z.looseObject({ type: z.string(), blockSize: z.number(), doubleQuant: z.boolean() }).nullable(),
  dropout: z.object({ p: z.number(), masks: z.string() }).optional(),
  incomparable: z.array(z.object({ endsWith: z.string(), from: z.number(), to: z.number() })).optional(),
  train: z.looseObject({
    steps: z.int().positive(),
    optimizer: z.string(),
    learningRate: z.number(),
    betas: z.tuple([z.number(), z.number()]).optional(),
    eps: z.number().optional(),
    momentum: z.number().optional(),
    weightDecay: z.number(),
    schedule: z.object(scheduleFields).catchall(z.number()),
    gradientAccumulation: z.int().positive().default(1),
    maxGradNorm: z.number().optional(),
    loraPlusRatio: z.number().optional(),
    loraPlusEmbeddingLearningRate: z.number().optional(),
  }),
  tolerance: z.object({
    losses: z.number(),
    gradNorm: z.number(),
    gradients: z.number(),
    logitsFinal: z.number(),
    adapterFinal: z.number(),
  }),
});

const expectedSchema: z.ZodType<RunExpected> = z.looseObject({
  losses: z.array(z.number()),
  gradNorm: z.array(z.number()),
  trainableParameters: z.number().optional(),
  reloadMaxAbsDiff: z.number().optional(),
  quantized: z.record(z.string(), z.unknown()).optional(),
});

/** A recorded run: what was trained, how, and how close a repetition should come. */
export interface RunCase {
  base: string;
  task: string;
  adapter: string | null;
  trainable?: string;
  quantization: { type: string; blockSize: number; doubleQuant: boolean } | null;
  dropout?: { p: number; masks: string };
  incomparable?: { endsWith: string; from: number; to: number }[];
  train: {
    steps: number;
    optimizer: string;
    learningRate: number;
    betas?: [number, number];
    eps?: number;
    momentum?: number;
    weightDecay: number;
    schedule: RecordedSchedule;
    gradientAccumulation: number;
    maxGradNorm?: number;
    loraPlusRatio?: number;
    loraPlusEmbeddingLearningRate?: number;
  };
  tolerance: { losses: number; gradNorm: number; gradients: number; logitsFinal: number; adapterFinal: number };
}

export interface RunExpected {
  losses: number[];
  gradNorm: number[];
  /** How many numbers trained. */
  trainableParameters?: number;
  /** How far the saved adapter, loaded again, was from the one that was trained. */
  reloadMaxAbsDiff?: number;
  /** Layers that were held in codes, by name. */
  quantized?: Record<string, unknown>;
}

export interface RecordedRun {
  readonly run: RunCase;
  readonly expected: RunExpected;
}

export function readRunCase(folder: string): RecordedRun {
  return {
    run: parsed(caseSchema, path.join(folder, 'case.json')),
    expected: parsed(expectedSchema, path.join(folder, 'expected.json')),
  };
}

export function parsed<T>(schema: z.ZodType<T>, file: string): T {
  const result = schema.safeParse(readJson(file));
  if (!result.success) throw new RequestError(`${file}: ${z.prettifyError(result.error)}`);
  return result.data;
}

export function readJson(file: string): unknown {
  if (!existsSync(file)) throw new RequestError(`${file} is missing`);
  try {
    return pythonJson(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new RequestError(`${file} is not JSON: ${(error as Error).message}`);
  }
}

/** Lends an open safetensors file for the time of the call. */
export function withSafetensors<T>(file: string, use: (opened: SafetensorsFile) => T): T {
  const opened = openSafetensors(file);
  try {
    return use(opened);
  } finally {
    opened.close();
  }
}
