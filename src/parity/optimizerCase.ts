/**
 * Optimizers, schedules and clipping on given gradients, as torch and transformers do them: a folder with trajectories.json,
 * schedules.json and clipping.json.
 */
import path from 'node:path';
import { z } from 'zod';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { clipByNorm } from '../optim/clip.ts';
import { scheduleFactor } from '../optim/schedule.ts';
import { createArena } from '../tensor/arena.ts';
import { roleNorms } from '../train/gradientNorms.ts';
import { type Deviation, largestDifference, largestRelativeDifference } from './caseResult.ts';
import type { Kind } from './kind.ts';
import { compareTrajectories } from './optimizerTrajectories.ts';
import { scheduleFields, scheduleOf } from './recordedSchedule.ts';
import { parsed, withSafetensors } from './runCase.ts';

type Deviations = { [what: string]: Deviation };

export const optimizerCase: Kind = {
  kind: 'optimizer',
  find(folder) {
    const parts = ['trajectories.json', 'schedules.json', 'clipping.json'].filter((name) => folder.has(name));
    return parts.length > 1 ? [folder.path] : []; // a missing part fails
  },
  knownTypes: [],
  types: () => [],
  check(folder) {
    const parts = [compareTrajectories, compareSchedules, compareClipping].map((compare) => compare(folder));
    if (parts.some((part) => Object.keys(part).length === 0))
      throw new Error(`${folder}: one of its JSON files is empty`);
    return { deviations: Object.assign({}, ...parts) as Deviations };
  },
};

const recordedSchedules = z.record(
  z.string(),
  z.object({ ...scheduleFields, steps: z.int().min(1), factors: z.array(z.number()).min(1) }).catchall(z.number()),
);

/** Factors of the base rate 1 from the first step on, also beyond the last: both are float64, so that only the last digits differ. */
function compareSchedules(folder: string): Deviations {
  const schedules = parsed(recordedSchedules, path.join(folder, 'schedules.json'));
  return Object.fromEntries(
    Object.entries(schedules).map(([name, { steps, factors, ...recorded }]) => {
      const schedule = scheduleOf(recorded, 1);
      const got = factors.map((_, done) => scheduleFactor(schedule, done + 1, steps));
      return [`schedules.${name}`, { value: largestDifference(got, factors), tolerance: 1e-12 }];
    }),
  );
}

const recordedClipping = z.record(z.string(), z.object({ maxNorm: z.number().nullable(), norm: z.number() }));

/** Of norms and clipped gradients, relative: 32 roundings of float32, as the order of a sum decides its last bits (5e-7 was measured). */
const clippingTolerance = 2 ** -18;

function compareClipping(folder: string): Deviations {
  const gradients = parsed(recordedClipping, path.join(folder, 'clipping.json'));
  return withSafetensors(path.join(folder, 'clipping.safetensors'), (file) =>
    Object.fromEntries(
      Object.entries(gradients).flatMap(([name, { maxNorm, norm }]) => {
        const { total, clipped } = clippedBy(tensorsBelow(file, `${name}.before.`), maxNorm ?? Infinity);
        const wanted = tensorsBelow(file, `${name}.after.`);
        const off = wanted.map(([key, values]) => largestRelativeDifference(clipped.get(key) ?? [], [...values]));
        return Object.entries({ norm: largestRelativeDifference([total], [norm]), gradient: Math.max(...off) }).map(
          ([what, value]) => [`clipping.${name}.${what}`, { value, tolerance: clippingTolerance }],
        );
      }),
    ),
  );
}

/** The tensors whose names begin so, by the rest of their names. */
function tensorsBelow(file: SafetensorsFile, prefix: string): [name: string, values: Float32Array][] {
  const names = [...file.tensors.keys()].filter((name) => name.startsWith(prefix));
  if (names.length === 0) throw new Error(`${file.file}: no tensor ${prefix}…`);
  return names.map((name) => [name.slice(prefix.length), file.read(name).data]);
}

/** The norm over all tensors, and the tensors clipped by it. */
function clippedBy(
  gradient: readonly [name: string, values: Float32Array][],
  limit: number,
): { readonly total: number; readonly clipped: ReadonlyMap<string, number[]> } {
  const arena = createArena(1);
  for (const [name, values] of gradient) arena.parameter(name, 'dense', [values.length], () => values);
  arena.start();
  const norms = roleNorms(arena);
  const [total] = norms.of(arena.values).total;
  arena.replace(clipByNorm(arena.values, [total], limit));
  const clipped = new Map(arena.parameters.map((parameter) => [parameter.site, [...arena.read(parameter, 0)]]));
  for (const made of [norms, arena]) made.dispose();
  return { total, clipped };
}
