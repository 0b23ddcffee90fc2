import type { Summary } from '../../results/summary.ts';
import { comparisonText } from '../comparisonText.ts';
import { countText, estimateText, learningRateText } from '../numberText.ts';
import type { Table } from '../table.ts';

/** The few columns of an experiment's table that the main report has room for. */
export function shortTable({ variants }: Summary): Table {
  return {
    head: [
      'variant',
      'target loss (nats)',
      'against',
      'source loss (nats)',
      'trained parameters',
      'best rate',
      'seeds',
    ],
    rows: variants.map(({ variant, best }) => {
      if (best === null) return [variant, 'none was chosen: see its report', '–', '–', '–', '–', '–'];
      const against = best.against?.learn;
      return [
        variant,
        estimateText(best.learn.lossNats),
        against ? `${against.reference}: ${comparisonText(against)}` : '–',
        estimateText(best.retain.lossNats),
        countText(best.trainableParameters),
        learningRateText(best.learningRate),
        String(best.runs.length),
      ];
    }),
  };
}
