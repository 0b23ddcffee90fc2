/** How an experiment trains: what a user writes, with the defaults filled in. */
import { RequestError } from '../errors.ts';
import { adamw } from '../optim/adamw.ts';
import type { OptimizerFactory } from '../optim/optimizer.ts';
import { type Schedule, scheduleOptions } from '../optim/schedule.ts';
import type { Json } from '../results/json.ts';
import { checkNames, checkPresent, shown } from '../optionNames.ts';

export interface TrainOptions {
  readonly steps: number;
  /** Sequences in a step, over all its parts. */
  readonly batch: number;
  /** The grid; the best is chosen on validation data. A variant may have its own. */
  readonly learningRates: readonly number[];
  /** AdamW unless given. */
  readonly optimizer?: OptimizerFactory;
  /** Linear to 0 after a twentieth of the steps unless given. */
  readonly schedule?: Schedule;
  /** Decoupled weight decay, 0 unless given. */
  readonly weightDecay?: number;
  /** Longest gradient, 1 unless given. */
  readonly maxGradientNorm?: number;
  /** Parts of a batch whose gradients are averaged, 1 unless given. */
  readonly accumulation?: number;
  /** Steps between two evaluations on validation data, a sixth of all unless given. */
  readonly evaluateEvery?: number;
  /** Tokens at which longer texts are cut; by default the base's positions. */
  readonly maxLength?: number;
  /** Whether layers are computed again in backward instead of kept: less memory, more time, the same numbers. No unless given. */
  readonly recompute?: boolean;
}

/** The same with every choice made; `maxLength` null means the base's. */
export interface TrainSettings extends Required<Omit<TrainOptions, 'maxLength'>> {
  readonly maxLength: number | null;
}

export const trainOptionNames: readonly (keyof TrainOptions)[] = [
  'steps',
  'batch',
  'learningRates',
  'optimizer',
  'schedule',
  'weightDecay',
  'maxGradientNorm',
  'accumulation',
  'evaluateEvery',
  'maxLength',
  'recompute',
];

/** Throws a RequestError that names the first option that cannot be. */
export function trainSettings(options: TrainOptions): TrainSettings {
  checkNames('train', options, trainOptionNames);
  checkPresent('train', options, ['steps', 'batch', 'learningRates']);
  const { steps, batch, learningRates, accumulation = 1 } = options;
  whole('steps', steps);
  whole('batch', batch);
  whole('accumulation', accumulation);
  if (batch % accumulation !== 0)
    throw new RequestError(`train.batch (${batch}) must be a multiple of train.accumulation (${accumulation})`);
  checkLearningRates('train.learningRates', learningRates);
  const evaluateEvery = options.evaluateEvery ?? Math.ceil(steps / 6);
  whole('evaluateEvery', evaluateEvery);
  if (options.maxLength !== undefined) whole('maxLength', options.maxLength);
  const { weightDecay = 0, maxGradientNorm = 1, recompute = false } = options;
  if (typeof recompute !== 'boolean')
    throw new RequestError(`train.recompute must be true or false, not ${shown(recompute)}`);
  if (!(typeof weightDecay === 'number' && weightDecay >= 0 && weightDecay < Infinity))
    throw new RequestError(`train.weightDecay must be a number of 0 or more, not ${shown(weightDecay)}`);
  if (!(typeof maxGradientNorm === 'number' && maxGradientNorm > 0))
    throw new RequestError(`train.maxGradientNorm must be a positive number, not ${shown(maxGradientNorm)}`);
  const schedule = options.schedule ?? { type: 'linear', warmupSteps: Math.floor(steps / 20) };
  checkSchedule(schedule);
  const { optimizer = adamw() } = options;
  if (typeof optimizer !== 'function' || typeof (optimizer as () => unknown)() === 'function')
    throw new RequestError(`train.optimizer must be an optimizer such as adamw(), not ${shown(optimizer)}`);
  return {
    steps,
    batch,
    learningRates,
    optimizer,
    schedule,
    weightDecay,
    maxGradientNorm,
    accumulation,
    evaluateEvery,
    maxLength: options.maxLength ?? null,
    recompute,
  };
}

/** Everything that all runs share, as JSON for the plan. */
export function trainSpec(settings: TrainSettings): Record<string, Json> {
  const { steps, batch, accumulation, schedule, weightDecay, maxGradientNorm, evaluateEvery, maxLength } = settings;
  const optimizer = settings.optimizer();
  const { spec } = optimizer;
  optimizer.dispose();
  return {
    steps,
    batch,
    accumulation,
    optimizer: { ...spec },
    schedule: { ...schedule },
    weightDecay,
    maxGradientNorm,
    evaluateEvery,
    maxLength,
    ...(settings.recompute && { recompute: true }), // plans without it stay what they were
  };
}

/** Throws a RequestError unless there is at least one, each positive and there once. */
export function checkLearningRates(what: string, rates: readonly number[]): void {
  if (!Array.isArray(rates) || rates.length === 0)
    throw new RequestError(`${what} must list at least one learning rate`);
  for (const rate of rates)
    if (!(typeof rate === 'number' && rate > 0 && rate < Infinity))
      throw new RequestError(`${what}: a learning rate must be a positive number, not ${String(rate)}`);
  const twice = rates.find((rate, i) => rates.indexOf(rate) !== i);
  if (twice !== undefined) throw new RequestError(`${what} holds ${twice} twice; list each rate once`);
}

function checkSchedule(schedule: Schedule): void {
  const common = ['type', 'warmupSteps'];
  checkNames('train.schedule', schedule, [...common, ...Object.values(scheduleOptions).flat()]);
  const { type, warmupSteps, ...options } = schedule as Schedule & { readonly [option: string]: unknown };
  if (!Object.hasOwn(scheduleOptions, type))
    throw new RequestError(
      `train.schedule.type must be ${Object.keys(scheduleOptions).join(', ')}, not ${shown(type)}`,
    );
  checkNames(`train.schedule (${type})`, schedule, [...common, ...scheduleOptions[type]]);
  if (!Number.isInteger(warmupSteps) || warmupSteps < 0)
    throw new RequestError(
      `train.schedule.warmupSteps must be a whole number of at least 0, not ${shown(warmupSteps)}`,
    );
  for (const [name, value] of Object.entries(options))
    if (!(typeof value === 'number' && value < Infinity && (value > 0 || (value === 0 && name === 'endFactor'))))
      throw new RequestError(`train.schedule.${name} must be a positive number, not ${shown(value)}`);
}

function whole(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new RequestError(`train.${name} must be a whole number of at least 1, not ${value}`);
}
