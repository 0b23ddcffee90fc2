/** Optimizers on given gradients, step by step: trajectories.json and trajectories.safetensors, made with torch.optim. */
import path from 'node:path';
import { z } from 'zod';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { Unsupported } from '../errors.ts';
import { adam } from '../optim/adam.ts';
import { adamw, type AdamwOptions } from '../optim/adamw.ts';
import type { OptimizerFactory } from '../optim/optimizer.ts';
import { rateTable } from '../optim/rates.ts';
import { scheduleFactor } from '../optim/schedule.ts';
import { sgd } from '../optim/sgd.ts';
import { type Arena, createArena } from '../tensor/arena.ts';
import { scoped } from '../tensor/engine.ts';
import { type Deviation, largestDifference } from './caseResult.ts';
import { scheduleFields, scheduleOf } from './recordedSchedule.ts';
import { parsed, withSafetensors } from './runCase.ts';
import { tenTimes } from './tolerance.ts';

/** torch's names. */
const settings = {
  lr: z.number(),
  weight_decay: z.number(),
  betas: z.tuple([z.number(), z.number()]).default([0.9, 0.999]),
  eps: z.number().optional(),
  amsgrad: z.boolean().optional(),
  momentum: z.number().optional(),
  dampening: z.number().optional(),
  nesterov: z.boolean().optional(),
};

const trajectory = z.object({
  optimizer: z.string(),
  settings: z.looseObject(settings),
  schedule: z
    .object({ ...scheduleFields, steps: z.int().min(1) })
    .catchall(z.number())
    .nullable(),
  float64Drift: z.number(),
});

type Trajectory = z.infer<typeof trajectory>;

/** The lowest tolerance, eight times what was measured: numbers up to 4 come out within one rounding, 2.4e-7, on both engines. */
const floor = 2e-6;

/** One deviation a run, over all its steps and parameters. */
export function compareTrajectories(folder: string): { [what: string]: Deviation } {
  const runs = parsed(z.record(z.string(), trajectory), path.join(folder, 'trajectories.json'));
  return withSafetensors(path.join(folder, 'trajectories.safetensors'), (file) =>
    Object.fromEntries(
      Object.entries(runs).map(([name, run]) => {
        const tolerance = tenTimes(run.float64Drift, floor);
        return [`trajectories.${name}`, { value: largestOff(file, name, run), tolerance }];
      }),
    ),
  );
}

function largestOff(file: SafetensorsFile, name: string, run: Trajectory): number {
  const parameters = [...file.tensors.keys()].flatMap((key) => /^initial\.(.+)$/.exec(key)?.[1] ?? []);
  const start = parameters.map((parameter) => file.read(`initial.${parameter}`).data);
  const [gradients, wanted] = ['gradient', name].map((prefix) =>
    parameters.map((parameter, i) => rowsOf(file, `${prefix}.${parameter}`, start[i].length)),
  );
  const steps = new Set([...gradients, ...wanted].map((rows) => rows.length));
  if (steps.size !== 1 || steps.has(0))
    throw new Error(`${file.file}: ${name} should have as many steps as its gradients, found ${[...steps].join(', ')}`);
  const values = arenaOf(parameters, start);
  const gradient = arenaOf(parameters, start);
  const optimizer = optimizerOf(run)();
  const { lr, weight_decay: decay } = run.settings;
  const rates = rateTable(values, [lr], decay, () => ({ rate: 1, decay: 1 }));
  const factor = factorsOf(run);
  let largest = 0;
  for (let step = 1; step <= gradients[0].length; step++) {
    gradient.load(Float32Array.from(gradients.flatMap((rows) => [...rows[step - 1]])));
    values.replace(scoped(() => optimizer.step(step, values.values, gradient.values, rates.at(factor(step))))());
    values.parameters.forEach((parameter, i) => {
      largest = Math.max(largest, largestDifference(values.read(parameter, 0), wanted[i][step - 1]));
    });
  }
  for (const made of [rates, optimizer, values, gradient]) made.dispose();
  return largest;
}

function arenaOf(parameters: readonly string[], start: readonly Float32Array[]): Arena {
  const arena = createArena(1);
  parameters.forEach((name, i) => arena.parameter(name, 'dense', [start[i].length], () => start[i]));
  arena.start();
  return arena;
}

/** The numbers of each step of a tensor [steps, …]. */
function rowsOf(file: SafetensorsFile, key: string, size: number): Float32Array[] {
  const { shape, data } = file.read(key);
  const [steps] = shape;
  if (data.length !== steps * size)
    throw new Error(`${file.file}: ${key} has the shape [${shape.join(', ')}], expected ${size} numbers a step`);
  return Array.from({ length: steps }, (_, step) => data.subarray(step * size, (step + 1) * size));
}

/** Throws Unsupported for one that is not there. */
function optimizerOf({ optimizer, settings: given }: Trajectory): OptimizerFactory {
  const { betas, eps: epsilon, amsgrad, momentum, dampening, nesterov } = given;
  const adamOptions: AdamwOptions = { beta1: betas[0], beta2: betas[1], epsilon, amsgrad };
  const strange = Object.keys(given).find((key) => !Object.hasOwn(settings, key) && given[key]);
  if (strange) throw new Unsupported(`the setting ${strange} of ${optimizer} is not there yet`);
  if (optimizer === 'AdamW') return adamw(adamOptions);
  if (optimizer === 'Adam') return adam(adamOptions);
  if (optimizer === 'SGD') return sgd({ momentum, dampening, nesterov });
  throw new Unsupported(`the optimizer ${optimizer} is not there yet; there are AdamW, Adam and SGD`);
}

function factorsOf({ schedule, settings: { lr } }: Trajectory): (step: number) => number {
  if (!schedule) return () => 1;
  const { steps, ...recorded } = schedule;
  const ours = scheduleOf(recorded, lr);
  return (step) => scheduleFactor(ours, step, steps);
}
