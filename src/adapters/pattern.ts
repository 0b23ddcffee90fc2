/**
 * PEFT's rank_pattern and alpha_pattern: a key is a regular expression that must match the end of a site's name from a dot on
 * (or, with a leading ^, the whole name). The first match wins.
 */
import { RequestError } from '../errors.ts';

export type Pattern = { readonly [expression: string]: number };

export function patternValue(pattern: Pattern, name: string, otherwise: number): number {
  for (const [key, value] of Object.entries(pattern)) if (keyExpression(key).test(name)) return value;
  return otherwise;
}

function keyExpression(key: string): RegExp {
  try {
    return new RegExp(key.startsWith('^') ? `^(?:${key.slice(1)})$` : `^(?:.*\\.)?(?:${key})$`);
  } catch (error) {
    throw new RequestError(`the pattern '${key}' is not a regular expression: ${(error as Error).message}`);
  }
}
