/** Reads values out of a config.json, with one clear error for what is missing, of the wrong type or not supported. */
import { RequestError, Unsupported } from '../errors.ts';

export interface ConfigReader {
  /** Whether there is a value, null not being one. */
  has(key: string): boolean;
  integer(key: string, otherwise?: number): number;
  number(key: string, otherwise?: number): number;
  boolean(key: string, otherwise: boolean): boolean;
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
  const number = (key: string, otherwise?: number): number => {
    const value = at(key) ?? otherwise;
    return typeof value === 'number' && Number.isFinite(value) ? value : fail(key, 'a number');
  };
  return {
    has: (key) => (at(key) ?? null) !== null,
    number,
    integer(key, otherwise) {
      const value = number(key, otherwise);
      return Number.isInteger(value) && value >= 1 ? value : fail(key, 'a whole number of at least 1');
    },
    boolean(key, otherwise) {
      const value = at(key) ?? otherwise;
      return typeof value === 'boolean' ? value : fail(key, 'true or false');
    },
    multiple(key, value, of, what) {
      if (value % of !== 0)
        throw new RequestError(`config.json: ${key} should be a multiple of ${of} (${what}), not ${value}`);
    },
    only(key, allowed) {
      const value = at(key);
      if (value === undefined || value === null || allowed.includes(value)) return;
      const known = allowed.filter((v) => v !== undefined).map((v) => JSON.stringify(v));
      throw new Unsupported(`config.json: ${key} should be one of ${known.join(', ')}, not ${JSON.stringify(value)}`);
    },
  };
}
