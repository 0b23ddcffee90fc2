import type { Comparison } from '../results/comparison.ts';
import type { Estimate } from '../results/estimate.ts';
import type { Summary } from '../results/summary.ts';
import type { Interval } from '../statistics/tInterval.ts';
import { decimalsOf, fixed, intervalText, probabilityText, significant, signed } from './numberText.ts';
import type { Table } from './table.ts';

/**
 * How sure the numbers are: for each variant and each of the two test losses the mean with both intervals, and the difference with
 * what a statistician asks for. Variants without a chosen rate are left out.
 */
export function certaintyTable({ variants }: Summary): Table {
  const head = [
    'variant',
    'test loss on',
    'mean (95\u00a0% t)',
    'BCa',
    'seeds',
    'against',
    'difference (95\u00a0% t)',
    'BCa of the difference',
    'p',
    'p (Holm)',
    'd_z',
    'smallest d_z seen at 80\u00a0% power',
    'shown',
  ];
  const rows = variants.flatMap(({ variant, best }) => {
    if (best === null) return [];
    const { learn, retain, against } = best;
    return [
      [variant, 'target', ...estimateCells(learn.lossNats), ...comparisonCells(against?.learn ?? null)],
      [variant, 'source', ...estimateCells(retain.lossNats), ...comparisonCells(against?.retain ?? null)],
    ];
  });
  return { head, rows };
}

function estimateCells({ mean, interval, bootstrap, values }: Estimate): string[] {
  const decimals = decimalsOf(interval);
  return [
    `${fixed(mean, decimals)} (${intervalText(interval)})`,
    boundsText(bootstrap, decimals),
    String(values.length),
  ];
}

function comparisonCells(comparison: Comparison | null): string[] {
  if (comparison === null) return Array<string>(8).fill('–');
  const { reference, difference, bootstrap, adjustedP, smallestDz, verdict, onlyAlone } = comparison;
  const { mean, interval, p, dz } = difference;
  const decimals = decimalsOf(interval);
  const isShown = verdict === 'lower by' || verdict === 'higher by';
  return [
    reference,
    `${signed(mean, decimals)} (${intervalText(interval)})`,
    boundsText(bootstrap, decimals),
    p === null ? '–' : probabilityText(p),
    adjustedP === null ? '–' : probabilityText(adjustedP),
    dz === null ? '–' : effectText(dz),
    smallestDz === null ? '–' : `${fixed(smallestDz.alone, 2)} (${fixed(smallestDz.inFamily, 2)} corrected)`,
    isShown ? 'yes' : onlyAlone ? 'no (only alone)' : 'no',
  ];
}

function boundsText(interval: Interval | null, decimals: number): string {
  return interval === null ? '–' : `${fixed(interval.low, decimals)} to ${fixed(interval.high, decimals)}`;
}

/** With its sign, infinite where all seeds differ alike. */
function effectText(dz: number): string {
  if (Math.abs(dz) === Infinity) return dz > 0 ? '+∞' : '−∞';
  return Math.abs(dz) < 100 ? signed(dz, 2) : significant(dz, 3);
}
