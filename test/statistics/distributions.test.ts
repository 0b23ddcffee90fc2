/** Against closed forms and values of scipy 1.17.1. */
import { describe, expect, it } from 'vitest';
import { incompleteBeta } from '../../src/statistics/incompleteBeta.ts';
import { integrate } from '../../src/statistics/integrate.ts';
import { invert } from '../../src/statistics/invert.ts';
import { logGamma } from '../../src/statistics/logGamma.ts';
import { noncentralTCdf } from '../../src/statistics/noncentralT.ts';
import { normalCdf, normalQuantile } from '../../src/statistics/normal.ts';
import { studentTBeyond, studentTQuantile } from '../../src/statistics/studentT.ts';
import { close, closeInDigits } from './close.ts';

describe("Student's t", () => {
  it.each([
    [2.5, 4, 0.06676654481198814],
    [2.5, 7.3, 0.03965023466560043],
    [0.1, 99, 0.9205465507375823],
    [-12, 1.7, 0.012127579557481874],
    [40, 19, 8.307757199338434e-20],
    [1e-6, 2, 0.9999992928932188],
    [0, 3, 1],
    [Infinity, 3, 0],
  ])('is beyond %d with %d degrees of freedom at %d', (t, df, p) => {
    if (p === 0) expect(studentTBeyond(t, df)).toBe(0);
    else closeInDigits(studentTBeyond(t, df), p, 1e-13);
  });

  it('has the closed forms of one and two degrees of freedom', () => {
    for (const p of [1e-6, 0.1, 0.5, 0.6, 0.975, 0.9999]) {
      close(studentTQuantile(p, 1), Math.tan(Math.PI * (p - 0.5)), 1e-10);
      close(studentTQuantile(p, 2), (2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 1e-10);
    }
    expect(studentTQuantile(0.5, 7)).toBe(0);
  });

  it('refuses what is no probability and no degree of freedom', () => {
    for (const p of [0, 1, NaN, -1]) expect(() => studentTQuantile(p, 3)).toThrow('probability');
    for (const df of [0, -1, NaN]) expect(() => studentTQuantile(0.9, df)).toThrow('degrees of freedom');
  });
});

describe('the normal distribution', () => {
  it.each([
    [-10, 7.61985302416047e-24],
    [-3.0001, 0.0013494549132607172],
    [-2.9999, 0.001350341282954925],
    [0, 0.5],
    [0.3, 0.6179114221889526],
    [2, 0.9772498680518208],
  ])('is below %d at %d', (z, p) => {
    closeInDigits(normalCdf(z), p, 1e-13);
    closeInDigits(1 + normalQuantile(p), 1 + z, 1e-12);
  });

  it('refuses what is no probability', () => {
    for (const p of [0, 1, NaN]) expect(() => normalQuantile(p)).toThrow('probability');
  });
});

describe('the noncentral t', () => {
  it.each([
    [1.9, 1, 0.5, 0.737795018873207],
    [2.8, 4, 3, 0.38709484744297123],
    [12.7, 1, 12, 0.3462098935502381],
    [-1, 7, 0.5, 0.07810220220087769],
    [3, 99, 3, 0.4970048327234499],
  ])('is below %d with %d degrees of freedom and noncentrality %d at %d', (t, df, noncentrality, p) => {
    close(noncentralTCdf(t, df, noncentrality), p);
  });

  it('is the central one where nothing is added', () => {
    for (const [t, df] of [
      [0.7, 1],
      [2, 5],
      [3, 1000],
    ])
      close(noncentralTCdf(t, df, 0), 1 - studentTBeyond(t, df) / 2);
  });
});

it('the beta function has its closed forms, and its other end', () => {
  close(incompleteBeta(0.4, 2, 3), 0.5248, 1e-14);
  close(incompleteBeta(0.01, 0.5, 20), 0.4713699354850154, 1e-13);
  close(incompleteBeta(0.999, 30, 0.5), 0.8072373061595369, 1e-13);
  expect([0, 1].map((x) => incompleteBeta(x, 2, 3))).toEqual([0, 1]);
  expect(() => incompleteBeta(1.1, 2, 3)).toThrow('x 1.1');
});

it('the gamma function is a factorial, and has its half', () => {
  let factorial = 1;
  for (let n = 1; n < 25; factorial *= n, n++) close(logGamma(n), Math.log(factorial), 1e-14);
  close(logGamma(0.5), Math.log(Math.PI) / 2, 1e-14);
});

it('an integral is as exact as asked for, also where the function bends', () => {
  close(
    integrate((x) => Math.exp(-x * x), -8, 8, 1e-12),
    Math.sqrt(Math.PI),
    1e-12,
  );
  close(
    integrate((x) => 1 / (1e-4 + x * x), -1, 1, 1e-9),
    200 * Math.atan(100),
    1e-11,
  );
});

it('an inverse is found to the last bit, and is zero where the function is there at once', () => {
  expect(invert((x) => x * x, 1e12)).toBe(1e6);
  close(
    invert((x) => x ** 3, 2),
    Math.cbrt(2),
    1e-15,
  );
  expect(invert((x) => x, -1)).toBe(0);
  expect(() => invert(() => 0, 1)).toThrow('reaches 1');
});
