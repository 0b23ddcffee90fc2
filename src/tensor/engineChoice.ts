import { RequestError } from '../errors.ts';
import { type EngineName, engineNames } from './engineDescription.ts';

/** Who asked for an engine, so that the reason and an error can name it. */
export interface Asked {
  name: EngineName;
  by: string;
}

/** An engine that could not be used, and why. */
export interface Failure {
  engine: EngineName;
  why: string;
}

const isEngineName = (name: string): name is EngineName => (engineNames as readonly string[]).includes(name);

/**
 * What was asked for: the option, else ADAPTERLAB_ENGINE; undefined when neither is set (the best available is wanted).
 * Throws a RequestError for a name that no engine has.
 */
export function askedEngine(option?: string, environment: NodeJS.ProcessEnv = process.env): Asked | undefined {
  const variable = environment.ADAPTERLAB_ENGINE || undefined;
  const name = option ?? variable;
  if (name === undefined) return undefined;
  const by = option === undefined ? 'ADAPTERLAB_ENGINE' : 'the engine option';
  if (isEngineName(name)) return { name, by };
  throw new RequestError(`There is no engine "${name}" (asked for by ${by}). Engines: ${engineNames.join(', ')}.`);
}

/** The engines to try, best first. One that was asked for has no substitute. */
export const enginesToTry = (asked?: Asked): readonly EngineName[] => (asked ? [asked.name] : engineNames);

/** Why this engine runs: for the record, and said once on the terminal. `how` tells where it was found. */
export function choiceReason(asked: Asked | undefined, how: string, failures: readonly Failure[]): string {
  const why = asked ? `asked for by ${asked.by}` : 'best available';
  return [`${why} (${how})`, ...failures.map(({ engine, why }) => `not ${engine}: ${why}`)].join('; ');
}

/** The error when nothing that was tried can be used. */
export function noEngine(failures: readonly Failure[]): RequestError {
  const lines = failures.map(({ engine, why }) => `The engine "${engine}" cannot be used: ${why}.`);
  const native = failures.some(({ engine }) => engine === 'tensorflow');
  if (native) lines.push('Build it with "npm run native" (in a checkout) or "npx adapterlab engine install".');
  lines.push(native ? 'Or take another: --engine wasm.' : 'Run "npm ci" again, or take another engine.');
  return new RequestError(lines.join('\n'));
}
