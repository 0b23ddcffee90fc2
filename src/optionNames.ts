/** Whether options have the names that they should: an experiment file is TypeScript, but nothing checks its types. */
import { closestNames } from './closestNames.ts';
import { RequestError } from './errors.ts';

/** Throws a RequestError unless `given` is an object whose names are all known; a name that is not comes with the closest. */
export function checkNames(what: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new RequestError(`${what} must be an object with ${known.join(', ')}, not ${shown(given)}`);
  const odd = Object.keys(given).find((name) => !known.includes(name));
  if (odd === undefined) return;
  const [closest] = closestNames(odd, known, 1);
  throw new RequestError(`${what} has no option "${odd}"; did you mean "${closest}"? There are ${known.join(', ')}`);
}

/** Throws a RequestError that names the first of `names` that is missing. */
export function checkPresent(what: string, given: object, names: readonly string[]): void {
  const missing = names.find((name) => (given as { [name: string]: unknown })[name] === undefined);
  if (missing !== undefined) throw new RequestError(`${what} lacks "${missing}"`);
}

/** A value in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return `the function ${value.name || 'without a name'} (call it)`;
  if (value === null || typeof value !== 'object') return typeof value === 'string' ? `"${value}"` : String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}
