/** Numbers as the file has them: six significant digits, four in long lists that are drawn; enough to compare, and half as long. */

/** Null for what is no number. */
export const significant = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(6));

/** Of a number that must be one. */
export const finite = (value: number): number => rounded(value, 6);
export const drawn = (value: number): number => rounded(value, 4);

function rounded(value: number, digits: number): number {
  if (!Number.isFinite(value)) throw new Error(`${value} is no result`);
  return Number(value.toPrecision(digits));
}
