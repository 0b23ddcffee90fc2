import type { Estimate } from '../results/estimate.ts';
import type { Summary } from '../results/summary.ts';
import { comparisonText } from './comparisonText.ts';
import { decimalsOf, fixed, learningRateText, probabilityText } from './numberText.ts';
import type { Table } from './table.ts';

/**
 * Forgetting where variants have learnt the same, and who is on the frontier: on validation data, along the trajectories. Variants
 * without a chosen rate are left out.
 */
export function forgettingTable({ variants, frontier }: Summary): Table {
  const head = [
    'variant',
    'against',
    'at a target loss of (nats)',
    'its source loss',
    'the reference’s',
    'difference',
    'p (Holm)',
    'on the frontier, of all rates',
  ];
  const rows = variants.flatMap(({ variant, reference, best }) => {
    if (best === null) return [];
    const mine = frontier.filter((point) => point.variant === variant);
    const { targetLossNats, source, comparison } = best.against?.matched ?? {};
    const compared =
      targetLossNats === undefined || !source || !comparison
        ? [reference ?? '–', ...Array<string>(5).fill('–')]
        : [
            comparison.reference,
            fixed(targetLossNats, 3),
            lossText(source.variant),
            lossText(source.reference),
            comparisonText(comparison),
            comparison.adjustedP === null ? '–' : probabilityText(comparison.adjustedP),
          ];
    return [[variant, ...compared, placesText(mine, frontier.length)]];
  });
  return { head, rows };
}

function lossText({ mean, interval }: Estimate): string {
  return fixed(mean, decimalsOf(interval));
}

/** `3 of 20 points, target loss 1.21 to 1.35, at 3e-4 and 1e-3`. */
function placesText(points: Summary['frontier'], of: number): string {
  if (points.length === 0) return `0 of ${of} points`;
  const losses = points.map(({ targetLossNats }) => targetLossNats);
  const [low, high] = [Math.min(...losses), Math.max(...losses)].map((loss) => fixed(loss, 2));
  const rates = [...new Set(points.map(({ learningRate }) => learningRate))].sort((a, b) => a - b);
  const where = low === high ? low : `${low} to ${high}`;
  return `${points.length} of ${of} points (target loss ${where}, at ${rates.map(learningRateText).join(', ')})`;
}
