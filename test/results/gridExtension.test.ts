import { describe, expect, it } from 'vitest';
import { gridExtension } from '../../src/results/gridExtension.ts';
import { bestRate, placeInGrid, type RateSummary } from '../../src/results/learningRates.ts';

type Loss = number | 'diverged' | 'failed' | 'missing';

/** Two seeds at every rate, the second as told. */
function grid(losses: readonly (readonly [rate: number, loss: Loss])[]): RateSummary[] {
  return losses.map(([learningRate, loss]) => {
    const counts = { finished: 1, diverged: 0, failed: 0, missing: 0 };
    counts[typeof loss === 'number' ? 'finished' : loss] += 1;
    const mean = typeof loss === 'number' ? loss : 1;
    const validationLossNats = { mean, interval: null, values: [] } as never;
    return { learningRate, round: 0, finished: [], counts, validationLossNats };
  });
}

const next = (...losses: [number, Loss][]): number | null => gridExtension(grid(losses))?.learningRate ?? null;

describe('a grid', () => {
  it('grows on the side where its best rate is, by the ratio there', () => {
    expect(next([1e-3, 3], [3e-3, 2], [1e-2, 1])).toBe(3.3e-2);
    expect(next([1e-3, 1], [3e-3, 2], [1e-2, 3])).toBe(3.3e-4);
    expect(next([1e-3, 3], [1e-2, 2], [4e-2, 1])).toBe(0.16);
    const rates = grid([
      [1, 2],
      [2, 1],
    ]);
    expect(gridExtension(rates)).toEqual({ learningRate: 4, edge: 2, place: 'highest' });
  });

  it('doubles at least', () => {
    expect(next([1e-3, 2], [1.1e-3, 1])).toBe(2.2e-3);
    expect(next([1e-3, 1], [1.1e-3, 2])).toBe(5e-4);
  });

  it('stays where the best rate is inside, also beside one that diverged', () => {
    expect(next([1e-3, 2], [3e-3, 1], [1e-2, 2])).toBeNull();
    expect(next([1e-3, 2], [3e-3, 1], [1e-2, 'diverged'])).toBeNull();
  });

  it('grows away from a rate that diverged where the best is the last on the other side', () => {
    expect(next([1e-3, 1], [3e-3, 'diverged'])).toBe(3.3e-4);
    expect(next([1e-3, 1], [2e-3, 'diverged'], [1e-2, 'diverged'])).toBe(5e-4);
  });

  it('stays where it has one rate, or none can be chosen', () => {
    expect(next([1e-3, 1])).toBeNull();
    expect(next([1e-3, 'diverged'], [1e-2, 'diverged'])).toBeNull();
    expect(next()).toBeNull();
  });

  it('stays where another rate is as good to rounding: what cannot learn would be extended for ever', () => {
    expect(next([1e-3, 2.5], [3e-3, 2.5], [1e-2, 2.5])).toBeNull();
    expect(next([1e-3, 2.5], [3e-3, 2.5000005], [1e-2, 2.6])).toBeNull();
    expect(next([1e-3, 2.5], [3e-3, 2.50001], [1e-2, 2.6])).toBe(3.3e-4);
  });

  it('has no edge beyond what can be written', () => {
    expect(next([1e-323, 1], [1e-3, 2])).toBeNull();
    expect(next([1, 2], [1e308, 1])).toBeNull();
  });
});

describe('the place of the best rate', () => {
  const placed = (...losses: [number, Loss][]): string => {
    const rates = grid(losses);
    return placeInGrid(rates, bestRate(rates)!);
  };

  it('is tied where another rate is as good', () => {
    expect(placed([1e-3, 2.5], [3e-3, 2.5])).toBe('tied');
    expect(placed([1e-3, 2.5], [3e-3, 2.5], [1e-2, 2])).toBe('highest');
  });

  it('is at the edge where the rates beyond failed or are missing: they say nothing', () => {
    expect(placed([1, 3], [2, 2], [4, 1], [8, 'missing'])).toBe('highest');
    expect(placed([1, 'failed'], [2, 2], [4, 3])).toBe('lowest');
    expect(placed([1, 'missing'], [2, 2])).toBe('only');
  });
});
