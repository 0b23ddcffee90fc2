import { RequestError } from '../errors.ts';
import type { Example, Split } from './task.ts';

/** The first so many examples of a split, or all. Throws a RequestError, in the task's name, where there are not as many. */
export function firstExamples(
  task: string,
  split: Split,
  examples: readonly Example[],
  size: number | 'all',
): readonly Example[] {
  if (size === 'all') return examples;
  if (Number.isInteger(size) && size >= 0 && size <= examples.length) return examples.slice(0, size);
  throw new RequestError(`${task}: ${split} must be 'all' or a whole number up to ${examples.length}, not ${size}.`);
}
