import type { Estimate } from '../results/estimate.ts';
import type { Interval } from '../statistics/tInterval.ts';

/** Decimals that give an interval's half width two digits, so that a number shows what is known and no more; 3 without one. */
export function decimalsOf(interval: Interval | null): number {
  if (interval === null) return 3;
  const halfWidth = (interval.high - interval.low) / 2;
  return halfWidth > 0 ? Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(halfWidth)))) : 3;
}

/** `1.213 (1.194 to 1.232)`, or `1.213 (one seed)`. */
export function estimateText({ mean, interval }: Pick<Estimate, 'mean' | 'interval'>): string {
  return `${fixed(mean, decimalsOf(interval))} (${intervalText(interval)})`;
}

/** `1.194 to 1.232`, or `one seed`. */
export function intervalText(interval: Interval | null): string {
  const decimals = decimalsOf(interval);
  return interval === null ? 'one seed' : `${fixed(interval.low, decimals)} to ${fixed(interval.high, decimals)}`;
}

/** A number with its sign, also where it is a plus. */
export function signed(value: number, decimals: number): string {
  return `${value < 0 ? '' : '+'}${fixed(value, decimals)}`;
}

/** A number with a true minus sign, and no minus before a zero. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text.replace('-', '\u2212');
}

/** `8,192`: a count, rounded to a whole number. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `1.04 MB`, in powers of 1000. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${significant(bytes / 1000 ** power, 3)} ${units[power]}`;
}

/** `0.0003` as `3e-4`; from 0.01 on as it is. */
export function learningRateText(rate: number): string {
  return rate < 0.01 || rate >= 1000 ? rate.toExponential().replace('e+', 'e') : String(rate);
}

/** `51 ms` or `1.2 s`. */
export function secondsText(seconds: number): string {
  return seconds < 1 ? `${significant(1000 * seconds, 2)} ms` : `${significant(seconds, 2)} s`;
}

/** A number with so many digits that count, without an exponent where a reader can do without. */
export function significant(value: number, digits: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6)
    return value
      .toExponential(digits - 1)
      .replace('-', '\u2212')
      .replace('e+', 'e');
  return fixed(Number(value.toPrecision(digits)), Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
}

/** A p value: `0.32`, `0.0321`, or `<0.0001`. */
export function probabilityText(p: number): string {
  if (p < 1e-4) return '<0.0001';
  return fixed(p, p < 0.1 ? 4 : 2);
}

/** `a, b and c`. */
export function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
