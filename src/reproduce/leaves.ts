import type { Json } from '../results/json.ts';

/** Where two JSON values differ: a path such as `history.lossNats[3]`, and what is there in each; undefined where one lacks it. */
export interface Leaf {
  readonly path: string;
  readonly there: Json | undefined;
  readonly here: Json | undefined;
}

/** Lists of different lengths differ as a whole. */
export function differingLeaves(there: Json | undefined, here: Json | undefined, path = ''): Leaf[] {
  if (isObject(there) && isObject(here)) {
    const keys = [...new Set([...Object.keys(there), ...Object.keys(here)])];
    return keys.flatMap((key) => differingLeaves(there[key], here[key], path === '' ? key : `${path}.${key}`));
  }
  if (Array.isArray(there) && Array.isArray(here) && there.length === here.length)
    return there.flatMap((value, i) => differingLeaves(value, here[i], `${path}[${i}]`));
  return JSON.stringify(there) === JSON.stringify(here) ? [] : [{ path, there, here }];
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
