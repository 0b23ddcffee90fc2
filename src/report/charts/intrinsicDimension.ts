import type { TopLevelSpec } from 'vega-lite';
import { mean } from '../../statistics/mean.ts';
import { randomSubspaces, type Subspaces } from '../../analysis/randomSubspaces.ts';
import type { Summary } from '../../results/summary.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { countText, listText, significant } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotWidth } from '../theme.ts';
import { acrossLayers } from './acrossLines.ts';
import { intervalFrame } from './intervalFrame.ts';

/** What random subspaces reach of the gain of full fine-tuning, and how many dimensions 90 % of it takes. */
export function intrinsicDimension(summary: Summary): Chart | null {
  const families = randomSubspaces(summary).filter(({ arms }) => arms.length > 1);
  if (families.length === 0) return null;
  const title = `90\u00a0% of the gain takes ${listText(families.map(d90Text))} dimensions`;
  const sizes = families.map(({ reference, parameters }) => `${countText(parameters)} (${reference})`);
  return {
    name: 'intrinsic-dimension',
    title,
    howToRead: `Share of what full fine-tuning gains in test loss on the target, where training is confined to a random subspace of so many dimensions: the mean over seeds with its 95\u00a0% interval. d₉₀ is where a line crosses 90\u00a0%, as the geometric mean over seeds. Full fine-tuning itself trains ${listText(sizes)} numbers.`,
    spec: intrinsicDimensionSpec(families, title),
  };
}

/** `180 (full, width 48)`. */
function d90Text({ reference, arms, reached, seeds }: Subspaces): string {
  if (reached.length < seeds) return `more than ${countText(arms.at(-1)!.dimension)} (${reference}, some seed)`;
  return `${significant(Math.exp(mean(reached.map(({ value }) => Math.log(value)))), 2)} (${reference})`;
}

export function intrinsicDimensionSpec(families: readonly Subspaces[], title: string): TopLevelSpec {
  const names = families.map(({ reference }) => reference);
  const { color, shape } = palette(names);
  const rows = families.flatMap(({ reference, arms }) =>
    arms.map(({ dimension, share: { mean: share, interval } }) => ({
      reference,
      dimension,
      share,
      low: interval?.low ?? share,
      high: interval?.high ?? share,
    })),
  );
  const levels = [...new Set(rows.map(({ dimension }) => dimension))].sort((a, b) => a - b);
  const [first, last] = [levels[0]!, levels.at(-1)!];
  const room = (last / first) ** 0.04;
  const x = {
    field: 'dimension',
    type: 'quantitative',
    title: 'dimensions of the subspace (log scale)',
    scale: { type: 'log', domain: [first / room, last * room] as number[], nice: false },
    axis: { values: levels, format: ',', grid: false, labelOverlap: true },
  } as const;
  const frame = intervalFrame(
    rows.map(({ share, low, high }) => ({ mean: share, low, high })),
    [0.9, 1],
  );
  const y = {
    field: 'share',
    type: 'quantitative',
    title: ['share of the gain of full', 'fine-tuning (higher is better)'] as string[],
    scale: { domain: frame as number[], nice: false, zero: false },
    axis: { format: '.0%', tickCount: 6 },
  } as const;
  const legend = names.length > 1 ? {} : { legend: null };
  const ofLine = { field: 'reference', type: 'nominal', scale: color, ...legend } as const;
  return {
    title: { text: titleLines(title) },
    usermeta: legendOf(names),
    width: plotWidth,
    height: 300,
    data: { values: rows },
    layer: [
      ...acrossLayers([{ label: '90\u00a0%', score: 0.9 }], { ...y, field: 'score' }, frame, 'right'),
      { mark: 'line', encoding: { x, y, color: ofLine } },
      {
        mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6, clip: true },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: ofLine },
      },
      {
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: { x, y, color: ofLine, shape: { field: 'reference', type: 'nominal', scale: shape, ...legend } },
      },
    ],
  };
}
