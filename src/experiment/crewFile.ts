/**
 * `<results>/<experiment>/crew.json`: the crews that were measured for this experiment, one entry for each machine and engine, so that
 * work that is continued goes on with the same number of threads.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../atomicFile.ts';
import { jsonText } from '../results/jsonText.ts';
import type { EngineDescription } from '../tensor/engine.ts';
import type { Calibration } from './calibration.ts';

/** What decides how fast crews are, beside the experiment. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly engine: string;
  /** Level of our own kernels; null where they do not run. */
  readonly kernels: string | null;
  readonly versions: { readonly [name: string]: string };
}

const sizes = { workers: z.int().positive(), threads: z.int().positive() };
const entry = z.strictObject({
  machine: z.strictObject({
    cpu: z.string(),
    cores: z.int().positive(),
    engine: z.string(),
    kernels: z.string().nullable(),
    versions: z.record(z.string(), z.string()),
  }),
  crew: z.strictObject(sizes),
  trials: z.array(z.strictObject({ ...sizes, stepsPerSecond: z.number().nonnegative() })),
});
const schemaName = 'adapterlab/crew/1';
const crewFile = z.strictObject({ schema: z.literal(schemaName), measured: z.array(entry) });

export function machineOf({ cpu, engine, kernels, versions }: EngineDescription, cores: number): Machine {
  const { tfjs, tensorflow } = versions;
  return { cpu, cores, engine, kernels, versions: { tfjs, ...(tensorflow !== undefined && { tensorflow }) } };
}

/** What was measured on such a machine; null where nothing was. */
export function readCalibration(folder: string, machine: Machine): Calibration | null {
  return entriesOf(folder).find((one) => isSame(one.machine, machine)) ?? null;
}

/** In the place of what was measured on such a machine before. */
export function writeCalibration(folder: string, machine: Machine, { crew, trials }: Calibration): void {
  const others = entriesOf(folder).filter((one) => !isSame(one.machine, machine));
  const measured = [...others, { machine, crew, trials }];
  writeWhole(fileOf(folder), jsonText({ schema: schemaName, measured }));
}

const fileOf = (folder: string): string => path.join(folder, 'crew.json');

/** A file that cannot be read costs a measurement, no more. */
function entriesOf(folder: string): z.infer<typeof entry>[] {
  if (!existsSync(fileOf(folder))) return [];
  try {
    return crewFile.parse(JSON.parse(readFileSync(fileOf(folder), 'utf8'))).measured;
  } catch {
    return [];
  }
}

const isSame = (a: Machine, b: Machine): boolean => keyOf(a) === keyOf(b);
const keyOf = ({ cpu, cores, engine, kernels, versions: { tfjs, tensorflow } }: Machine): string =>
  JSON.stringify([cpu, cores, engine, kernels, tfjs, tensorflow ?? null]);
