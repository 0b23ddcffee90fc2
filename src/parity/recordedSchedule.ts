/** A learning-rate schedule under transformers' names (get_scheduler), in our terms. */
import { z } from 'zod';
import { Unsupported } from '../errors.ts';
import { type Schedule, scheduleOptions } from '../optim/schedule.ts';

export interface RecordedSchedule {
  readonly type: string;
  readonly warmupSteps: number;
  /** The type's own, under our names. */
  readonly [option: string]: string | number;
}

/** The fields of a schedule in a JSON file; others must be numbers. */
export const scheduleFields: { readonly type: z.ZodString; readonly warmupSteps: z.ZodInt } = {
  type: z.string(),
  warmupSteps: z.int().min(0),
};

/** transformers ends a polynomial at a rate of its own, not at a share of the run's. */
const polynomialEndRate = 1e-7;

/** `learningRate`: the run's. Throws Unsupported for a type or option that is not there. */
export function scheduleOf({ type, warmupSteps, ...options }: RecordedSchedule, learningRate: number): Schedule {
  if (type === 'constant') return { type, warmupSteps: 0 };
  if (type === 'constant_with_warmup') return { type: 'constant', warmupSteps };
  if (!isType(type))
    throw new Unsupported(
      `the schedule ${JSON.stringify(type)} is not there yet; there are constant_with_warmup, ${Object.keys(scheduleOptions).join(', ')}`,
    );
  const strange = Object.keys(options).find((name) => !scheduleOptions[type].includes(name));
  if (strange) throw new Unsupported(`the option ${strange} of the schedule ${type} is not there yet`);
  const end = type === 'polynomial' ? { endFactor: polynomialEndRate / learningRate } : {};
  return { type, warmupSteps, ...end, ...options };
}

const isType = (type: string): type is Schedule['type'] => Object.hasOwn(scheduleOptions, type);
