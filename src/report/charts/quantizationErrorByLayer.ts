import type { TopLevelSpec } from 'vega-lite';
import { shortNames } from '../../analysis/rankHeatMap.ts';
import type { Analysis } from '../../results/analysis.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { significant } from '../numberText.ts';
import { palette, type Scale } from '../palette.ts';
import { plotWidth } from '../theme.ts';

/** What a storage loses of one kernel: ‖W_held − W‖ / ‖W‖. */
export interface QuantizationRow {
  storage: string;
  site: string;
  relative: number;
}

/** A dot for every kernel and storage. Null where no storage rounds. */
export function quantizationErrorByLayer(variants: readonly string[], { quantization }: Analysis): Chart | null {
  const storages = quantization.map(({ storage, bitsPerParameter, variants: of }) => ({
    label: `${String(storage.type)}, ${significant(bitsPerParameter, 3)} bits (${of.length > 2 ? `${of.length} variants` : of.join(', ')})`,
    variant: of[0] ?? '',
  }));
  const rows = quantization.flatMap(({ sites, relative }, i) =>
    shortNames(sites).map((site, at): QuantizationRow => ({
      storage: storages[i].label,
      site,
      relative: relative[at],
    })),
  );
  if (rows.length === 0) return null;
  const [low, high] = [
    rows.reduce((a, b) => (b.relative < a.relative ? b : a)),
    rows.reduce((a, b) => (b.relative > a.relative ? b : a)),
  ];
  const text = ({ relative, site }: QuantizationRow): string => `${significant(100 * relative, 2)}\u00a0% (${site})`;
  const title = `Holding the base in fewer bits moves a kernel by ${text(low)} to ${text(high)}`;
  return {
    name: 'quantization-error-by-layer',
    title,
    howToRead:
      'Root mean square of the rounding error of each kernel over that of its numbers, before any training: what the codes lose of the base. Left is closer to the base.',
    spec: quantizationErrorByLayerSpec(rows, storages, variants, title),
  };
}

export function quantizationErrorByLayerSpec(
  rows: readonly QuantizationRow[],
  storages: readonly { label: string; variant: string }[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  const domain = storages.map(({ label }) => label);
  const look = palette(variants);
  // A storage looks like the first variant that holds its base so.
  const ofStorage = <T>(scale: Scale<T>): Scale<T> => ({
    domain,
    range: storages.map(({ variant }) => scale.range[Math.max(0, variants.indexOf(variant))]),
  });
  const sites = [...new Set(rows.map(({ site }) => site))];
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: { step: sites.length > 40 ? 9 : 18 },
    usermeta: legendOf(domain),
    data: { values: rows.map((row) => ({ ...row, percent: 100 * row.relative })) },
    mark: { type: 'point', filled: true, size: 60, opacity: 1 },
    encoding: {
      x: {
        field: 'percent',
        type: 'quantitative',
        title: 'error of the kernel (% of its norm)',
        scale: { zero: false, padding: 12 },
        axis: { tickCount: 6 },
      },
      y: {
        field: 'site',
        type: 'nominal',
        sort: sites,
        title: null,
        axis: { labelLimit: 200, labelOverlap: true, grid: true },
      },
      color: { field: 'storage', type: 'nominal', scale: ofStorage(look.color) },
      shape: { field: 'storage', type: 'nominal', scale: ofStorage(look.shape) },
    },
  };
}
