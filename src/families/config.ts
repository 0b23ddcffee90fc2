/** Reads values out of a config.json, with one clear error for what is missing, of the wrong type or not supported. */
import { RequestError, Unsupported } from '../errors.ts';

/** Layers that a network may have: more would be a mistake in its config.json. */
export const mostLayers = 10_000;

export interface ConfigReader {
  /** Whether there is a value, null not being one. */
  has(key: string): boolean;
  /** Whether null stands there, which may mean something else than an absent key. */
  isNull(key: string): boolean;
  /** From 1 to `most`, by default 2³¹ − 1. */
  integer(key: string, otherwise?: number, most?: number): number;
  number(key: string, otherwise?: number): number;
  /** A number above 0. */
  positive(key: string, otherwise?: number): number;
  boolean(key: string, otherwise: boolean): boolean;
  /** One of the names of a table. An unknown one is Unsupported. */
  name<Name extends string>(key: string, names: Readonly<Record<Name, unknown>>, otherwise: Name): Name;
  /** Refuses what is there and no object. */
  object(key: string): void;
  /** Entries of an object; `otherwise` where there is none. */
  entries(key: string, otherwise: number): number;
  /** Null where the key is absent or null. */
  numbers(key: string): readonly number[] | null;
  texts(key: string): readonly string[] | null;
  /** Refuses a value that is no multiple of another, and says what that other is. */
  multiple(key: string, value: number, of: number, what: string): void;
  /** Any value but these is Unsupported; undefined stands for an absent key, which is fine anyway. */
  only(key: string, allowed: readonly unknown[]): void;
}

/** Keys may have dots for nested objects. */
export function configReader(config: object): ConfigReader {
  const at = (key: string): unknown =>
    key
      .split('.')
      .reduce<unknown>((value, part) => (value as Record<string, unknown> | null | undefined)?.[part], config);
  const fail = (key: string, wanted: string): never => {
    throw new RequestError(`config.json: ${key} should be ${wanted}, not ${JSON.stringify(at(key)) ?? 'missing'}`);
  };
  const refuse = (key: string, known: readonly unknown[]): never => {
    const names = known.map((v) => JSON.stringify(v)).join(', ');
    throw new Unsupported(`config.json: ${key} should be one of ${names}, not ${JSON.stringify(at(key))}`);
  };
  const number = (key: string, otherwise?: number): number => {
    const value = at(key) ?? otherwise;
    return typeof value === 'number' && Number.isFinite(value) ? value : fail(key, 'a number');
  };
  const list = <T>(key: string, type: string, wanted: string): readonly T[] | null => {
    const value = at(key) ?? null;
    if (value === null) return null;
    return Array.isArray(value) && value.every((one) => typeof one === type) ? (value as T[]) : fail(key, wanted);
  };
  return {
    has: (key) => (at(key) ?? null) !== null,
    isNull: (key) => at(key) === null,
    number,
    integer(key, otherwise, most = 2 ** 31 - 1) {
      const value = number(key, otherwise);
      if (!Number.isInteger(value) || value < 1) fail(key, 'a whole number of at least 1');
      return value <= most ? value : fail(key, `at most ${most}`);
    },
    positive(key, otherwise) {
      const value = number(key, otherwise);
      return value > 0 ? value : fail(key, 'a number above 0');
    },
    boolean(key, otherwise) {
      const value = at(key) ?? otherwise;
      return typeof value === 'boolean' ? value : fail(key, 'true or false');
    },
    name(key, names, otherwise) {
      const value = at(key) ?? otherwise;
      if (typeof value !== 'string') return fail(key, 'a text');
      return Object.hasOwn(names, value) ? (value as typeof otherwise) : refuse(key, Object.keys(names));
    },
    object(key) {
      const value = at(key) ?? {};
      if (typeof value !== 'object' || Array.isArray(value)) fail(key, 'an object');
    },
    entries(key, otherwise) {
      const value = at(key);
      return typeof value === 'object' && value !== null ? Object.keys(value).length : otherwise;
    },
    numbers: (key) => list<number>(key, 'number', 'a list of numbers'),
    texts: (key) => list<string>(key, 'string', 'a list of texts'),
    multiple(key, value, of, what) {
      if (value % of !== 0)
        throw new RequestError(`config.json: ${key} should be a multiple of ${of} (${what}), not ${value}`);
    },
    only(key, allowed) {
      const value = at(key);
      if (value === undefined || value === null || allowed.includes(value)) return;
      refuse(
        key,
        allowed.filter((v) => v !== undefined),
      );
    },
  };
}
