import { RequestError } from '../errors.ts';
import { checkNames } from '../optionNames.ts';
import type { Writing } from './task.ts';

/** A task's option `generate`, filled up. Throws a RequestError for what is no whole number from 1. */
export function writing(task: string, given: Partial<Writing> | undefined, otherwise: Writing): Writing {
  if (given) checkNames(`${task}: generate`, given, ['prompts', 'tokens']);
  const whole = { ...otherwise, ...given };
  for (const [name, value] of Object.entries(whole))
    if (!Number.isInteger(value) || value < 1)
      throw new RequestError(`${task}: generate.${name} must be a whole number from 1, not ${value}.`);
  return { prompts: whole.prompts, tokens: whole.tokens };
}
