import { z } from 'zod';

/** Where a run was done. */
export interface Environment {
  engine: string;
  reason: string;
  cpu: string;
  threads: number;
  /** Level of our own kernels, null where they did not run; absent in records from before there were kernels. */
  kernels?: string | null;
  versions: Record<string, string>;
  commit: string | null;
  platform: string;
}

/** Times, in a block of their own: without it, two records of the same run are equal to the byte. */
export interface Times {
  startedAt: string;
  trainSeconds: number;
  evaluateSeconds: number;
  secondsPerStep: number | null;
}

export const environment: z.ZodType<Environment> = z.strictObject({
  engine: z.string().describe('tensorflow, wasm or cpu'),
  reason: z.string().describe('Why this engine'),
  cpu: z.string().describe('Model of the processor'),
  threads: z.int().positive().describe('Threads that the engine may use'),
  kernels: z
    .string()
    .nullable()
    .optional()
    .describe('Level of x86-64 that the native engine’s own kernels were compiled for; null where they did not run'),
  versions: z.record(z.string(), z.string()).describe('Versions of adapterlab, Node.js, TensorFlow.js ...'),
  commit: z.string().nullable().describe('Commit of the source; null where it is not a checkout'),
  platform: z.string().describe('Operating system and architecture'),
});

export const times: z.ZodType<Times> = z.strictObject({
  startedAt: z.iso.datetime().describe('UTC, ISO 8601'),
  trainSeconds: z.number().nonnegative(),
  evaluateSeconds: z.number().nonnegative(),
  secondsPerStep: z
    .number()
    .nonnegative()
    .nullable()
    .describe("This run's share of the time of its group's step; null where no step was made"),
});
