import type { Json } from './json.ts';

/** Where two JSON values differ, as `train.steps: 600 there, 100 here`; a field that one of them lacks is `missing`. */
export function differences(there: Json | undefined, here: Json | undefined, at: string): string[] {
  if (isObject(there) && isObject(here)) {
    const keys = new Set([...Object.keys(there), ...Object.keys(here)]);
    return [...keys].flatMap((key) => differences(there[key], here[key], at === '' ? key : `${at}.${key}`));
  }
  if (Array.isArray(there) && Array.isArray(here) && there.length === here.length)
    return there.flatMap((value, index) => differences(value, here[index], `${at}[${index}]`));
  return show(there) === show(here) ? [] : [`${at}: ${show(there)} there, ${show(here)} here`];
}

/** The fields of `here` that are not the same in `there`. */
export function differingFields(here: Record<string, Json>, there: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(here).filter(([key, value]) => differences(there[key], value, key).length > 0),
  );
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: Json | undefined): string {
  return JSON.stringify(value) ?? 'missing';
}
