/**
 * PEFT's rank_pattern and alpha_pattern: a key is a regular expression that must match the end of a site's name from a dot on
 * (an alternative with a leading ^, the whole name). The first match wins.
 */
import { pythonPattern } from './pythonPattern.ts';

export type Pattern = { readonly [expression: string]: number };

export function patternValue(pattern: Pattern, name: string, otherwise: number): number {
  const found = Object.entries(pattern).find(([key]) => keyMatches(key, name));
  return found ? found[1] : otherwise;
}

/** Throws a RequestError for a key that is no regular expression. */
export const keyMatches = (key: string, name: string): boolean =>
  pythonPattern(key, 'the pattern', '^(?:.*\\.)?', '$').test(name);
