import type { TopLevelSpec } from 'vega-lite';
import { mean } from '../../results/statistics/mean.ts';
import type { Ranks } from '../../results/record/measured.ts';
import { fileNameOf } from '../../results/store.ts';
import type { Summary } from '../../results/summary.ts';
import { type Chart, titleLines } from '../chart.ts';
import { fixed } from '../numberText.ts';
import { plotWidth } from '../theme.ts';

/** Active rank of one site at one step, the mean over seeds; `until` is the next step that was recorded. */
export interface RankRow {
  site: string;
  step: number;
  until: number;
  rank: number;
}

/** Sum of ranks over all sites: what the schedule allows, and what is active. */
export interface BudgetRow {
  step: number;
  budget: number;
  active: number;
}

/** A chart for every variant that allocates ranks, at its best rate. */
export function adaloraRanks(summary: Summary): Chart[] {
  return summary.variants.flatMap(({ variant, best }) => {
    const tables = (best?.runs ?? []).flatMap(({ ranks }) => ranks ?? []);
    if (tables.length === 0 || tables[0].step.length === 0 || tables[0].sites.length === 0) return [];
    const { rows, budget } = rankRows(tables);
    const last = rows.filter(({ step }) => step === rows[rows.length - 1].step);
    const [few, many] = [
      last.reduce((a, b) => (b.rank < a.rank ? b : a)),
      last.reduce((a, b) => (b.rank > a.rank ? b : a)),
    ];
    const text = ({ rank, site }: RankRow): string => `${fixed(rank, Number.isInteger(rank) ? 0 : 1)} (${site})`;
    const title =
      few.rank === many.rank
        ? `${variant} leaves every site at rank ${fixed(few.rank, 1)}`
        : `${variant} leaves ranks from ${text(few)} to ${text(many)}`;
    return [
      {
        name: `ranks-${fileNameOf(variant)}`,
        title,
        howToRead: `Above, the sum of ranks that the schedule allows (dashed) and that is active (line); below, the active rank of every site, darker is more. Mean over ${tables.length === 1 ? 'one seed' : `${tables.length} seeds`} at the best rate.`,
        spec: adaloraRanksSpec(rows, budget, title),
      },
    ];
  });
}

export function adaloraRanksSpec(rows: readonly RankRow[], budget: readonly BudgetRow[], title: string): TopLevelSpec {
  const sites = [...new Set(rows.map(({ site }) => site))];
  const steps = [Math.min(...rows.map(({ step }) => step)), Math.max(...rows.map(({ until }) => until))];
  const scale = { domain: steps, nice: false, zero: false } as const;
  return {
    title: { text: titleLines(title) },
    spacing: 8,
    vconcat: [
      {
        width: plotWidth,
        height: 90,
        data: { values: [...budget] },
        encoding: {
          x: {
            field: 'step',
            type: 'quantitative',
            scale,
            axis: { labels: false, ticks: false, title: null, grid: false },
          },
        },
        layer: [
          {
            mark: { type: 'line', interpolate: 'step-after', strokeDash: [5, 4], style: 'guide', opacity: 0.8 },
            encoding: {
              y: {
                field: 'budget',
                type: 'quantitative',
                title: 'sum of ranks',
                axis: { tickCount: 4 },
                scale: { zero: true },
              },
            },
          },
          {
            mark: { type: 'line', interpolate: 'step-after', color: '#0072b2' },
            encoding: { y: { field: 'active', type: 'quantitative' } },
          },
        ],
      },
      {
        width: plotWidth,
        height: { step: sites.length > 40 ? 9 : 18 },
        data: { values: [...rows] },
        mark: 'rect',
        encoding: {
          x: {
            field: 'step',
            type: 'quantitative',
            scale,
            title: 'training step',
            axis: { grid: false, tickCount: 6 },
          },
          x2: { field: 'until' },
          y: { field: 'site', type: 'nominal', sort: null, title: null, axis: { labelLimit: 200, labelOverlap: true } },
          color: {
            field: 'rank',
            type: 'quantitative',
            scale: { scheme: 'viridis', reverse: true, zero: true },
            legend: {
              orient: 'bottom',
              title: 'active rank',
              titleOrient: 'left',
              direction: 'horizontal',
              gradientLength: 160,
              tickMinStep: 1,
            },
          },
        },
      },
    ],
  };
}

/** Means over seeds; runs of one variant have the same sites and steps. */
function rankRows(tables: readonly Ranks[]): { rows: RankRow[]; budget: BudgetRow[] } {
  const { step, sites } = tables[0];
  const same = tables.filter((table) => table.step.length === step.length && table.sites.length === sites.length);
  const labels = shortNames(sites);
  const usual = step.length > 1 ? step[step.length - 1] - step[step.length - 2] : 1;
  const rows = step.flatMap((at, row) =>
    labels.map((site, column) => ({
      site,
      step: at,
      until: step[row + 1] ?? at + usual,
      rank: mean(same.map(({ active }) => active[row][column])),
    })),
  );
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const budget = step.map((at, row) => ({
    step: at,
    budget: mean(same.map((table) => table.budget[row])),
    active: mean(same.map(({ active }) => sum(active[row]))),
  }));
  return { rows, budget };
}

/** Names without the parts, between dots, that all of them begin with: `model.layers.0.self_attn.q_proj` as `0.self_attn.q_proj`. */
function shortNames(names: readonly string[]): string[] {
  const parts = names.map((name) => name.split('.'));
  const shortest = Math.min(...parts.map(({ length }) => length));
  let shared = 0;
  while (shared < shortest - 1 && parts.every((name) => name[shared] === parts[0][shared])) shared++;
  return parts.map((name) => name.slice(shared).join('.'));
}
