import { expect } from 'vitest';

/** Equal but for the last digits: relative, or absolute below 1. */
export function close(found: number, wanted: number, digits = 1e-9): void {
  expect(Math.abs(found - wanted) / Math.max(1, Math.abs(wanted)), `${found}, not ${wanted}`).toBeLessThanOrEqual(
    digits,
  );
}

/** Equal but for the last digits, relative also where both are tiny. */
export function closeInDigits(found: number, wanted: number, digits = 1e-9): void {
  expect(Math.abs(found / wanted - 1), `${found}, not ${wanted}`).toBeLessThanOrEqual(digits);
}
