import type { TopLevelSpec } from 'vega-lite';
import { type Analysis, compared, type SimilarityPair } from '../../results/analysis.ts';
import { type Chart, titleLines } from '../chart.ts';
import { fixed } from '../numberText.ts';
import { plotWidth } from '../theme.ts';

/** φ(k, k) between two variants, or between the seeds of one, in the space of the inputs or of the outputs. */
export interface SimilarityRow {
  a: string;
  b: string;
  side: 'input' | 'output';
  similarity: number;
}

/** So many names have room along both sides; of more, columns have the numbers of rows. */
const mostNamed = 8;
/** Columns that are wide enough for a number. */
const mostWritten = 22;

const sides = ['input', 'output'] as const;

/** Which runs changed the same directions: variants against variants. Null without a pair. */
export function directionSimilarity(variants: readonly string[], analysis: Analysis): Chart | null {
  const { pairs, baselines } = analysis.similarity;
  const at = compared.findLastIndex((_, i) => pairs.every((pair) => sides.every((side) => pair[side][i][i] !== null)));
  if (pairs.length === 0 || at < 0) return null;
  const count = compared[at];
  const rows = pairs.flatMap((pair) =>
    sides.flatMap((side): SimilarityRow[] => {
      const row = { side, similarity: pair[side][at][at] as number };
      const { a, b } = pair;
      return a === b
        ? [{ a, b, ...row }]
        : [
            { a, b, ...row },
            { a: b, b: a, ...row },
          ];
    }),
  );
  const directions = count === 1 ? 'direction' : `${count} directions`;
  const title = similarityTitle(pairs, at, directions);
  const chance = sides
    .map((side) => {
      const { mean, low, high } = baselines[pairs[0].baseline][side];
      return `${fixed(mean[at][at] ?? 0, 3)} on the side of the ${side} (between ${fixed(low[at][at] ?? 0, 3)} and ${fixed(high[at][at] ?? 0, 3)} in 95\u00a0% of draws)`;
    })
    .join(', ');
  const isNumbered = new Set(rows.map(({ a }) => a)).size > mostNamed;
  return {
    name: 'direction-similarity',
    title,
    howToRead: `φ of the first ${directions} of ΔW, the mean over sites: 1 where they span the same, by chance ${chance}. On the diagonal one variant with other seeds, elsewhere two variants with the same seed.${isNumbered ? ' Columns have the numbers of the rows.' : ''}`,
    spec: directionSimilaritySpec(rows, variants, title),
  };
}

export function directionSimilaritySpec(
  rows: readonly SimilarityRow[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  const shown = variants.filter((variant) => rows.some(({ a }) => a === variant));
  const isMany = shown.length > mostNamed;
  const isWritten = shown.length <= mostWritten;
  // A reader who leaves variants out sees the others with the numbers that they had.
  const place = `indexof(${JSON.stringify(shown)}, datum.value) + 1`;
  return {
    title: { text: titleLines(title) },
    spacing: 18,
    vconcat: sides.map((side) => ({
      title: { text: `directions of the ${side}`, fontSize: 12, offset: 5 },
      width: plotWidth,
      height: { step: isMany ? 20 : 26 },
      data: {
        values: rows
          .filter((row) => row.side === side)
          .map((row) => (isWritten ? { ...row, text: fixed(row.similarity, 2), isDark: row.similarity < 0.6 } : row)),
      },
      encoding: {
        x: {
          field: 'b',
          type: 'nominal',
          sort: [...shown],
          title: null,
          axis: {
            labelAngle: isMany || shown.length < 7 ? 0 : -30,
            labelLimit: 140,
            domain: false,
            ticks: false,
            ...(isMany && { labelExpr: place, labelOverlap: true }),
          },
        },
        y: {
          field: 'a',
          type: 'nominal',
          sort: [...shown],
          title: null,
          axis: { labelLimit: 280, ...(isMany && { labelExpr: `(${place}) + ' \u00b7 ' + datum.label` }) },
        },
      },
      layer: [
        {
          mark: { type: 'rect' },
          encoding: {
            color: {
              field: 'similarity',
              type: 'quantitative',
              title: 'φ',
              scale: { scheme: 'viridis', domain: [0, 1] },
              legend: { orient: 'bottom', direction: 'horizontal', titleOrient: 'left', gradientLength: 160 },
            },
          },
        },
        ...(!isWritten
          ? []
          : [
              {
                name: `values-${side}`,
                mark: { type: 'text' as const, fontSize: 11 },
                encoding: {
                  text: { field: 'text' },
                  color: { condition: { test: 'datum.isDark', value: '#ffffff' }, value: '#111111' },
                },
              },
            ]),
      ],
    })),
  };
}

function similarityTitle(pairs: readonly SimilarityPair[], at: number, directions: string): string {
  const of = (pair: SimilarityPair): number =>
    sides.reduce((sum, side) => sum + (pair[side][at][at] as number), 0) / sides.length;
  const best = pairs.reduce((a, b) => (of(b) > of(a) ? b : a));
  const who = best.a === best.b ? `the seeds of ${best.a}` : `${best.a} and ${best.b}`;
  return `The first ${directions} ${directions === 'direction' ? 'agrees' : 'agree'} most between ${who}`;
}
