import { describe, expect, it } from 'vitest';
import type { Sequence } from '../../src/data/encode.ts';
import { lanesFor, meanTokens, rowsOf } from '../../src/experiment/lanes.ts';

describe('lanes', () => {
  it('fill a step up: many of short runs, one of a long one', () => {
    expect([64, 256, 512, 1024, 2048, 100_000].map((rows) => lanesFor(rows, 16))).toEqual([16, 12, 6, 3, 1, 1]);
  });

  it('are no more than the engine likes', () => {
    expect(lanesFor(1, 16)).toBe(16);
    expect(lanesFor(1, 1)).toBe(1);
  });

  it('follow from the tokens of a part of a step', () => {
    const training = [10, 20, 30].map((length) => ({ ids: new Int32Array(length) }) as Sequence);
    const rows = (batch: number, accumulation: number): number => rowsOf({ batch, accumulation }, meanTokens(training));
    expect(rows(8, 1)).toBe(160);
    expect(rows(8, 4)).toBe(40);
  });
});
