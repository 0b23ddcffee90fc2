/** What the page's script is made of, module by module. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { browserScript, modulesOf } from '../../../src/report/page/browserScript.ts';
import { cellValue } from '../../../src/report/page/cellValue.ts';
import { browserModule } from './browserModule.ts';

describe('the script', () => {
  const modules = modulesOf('reportPage.js');

  it('is one script without imports and exports, each module once, after what it imports', () => {
    const script = browserScript('reportPage.js');
    expect(() => new vm.Script(script)).not.toThrow();
    expect(script).not.toMatch(/^(import|export)\b/m);
    const names = [...modules.keys()];
    expect(names.at(-1)).toBe('reportPage.js');
    expect(names.indexOf('frontier.js')).toBeLessThan(names.indexOf('paretoSpec.js'));
  });

  it('gives no name to two things', () => {
    const names = [...modules.values()].flatMap((code) =>
      [...code.matchAll(/^(?:async )?(?:function|const|let) (\w+)/gm)].map(([, name]) => name),
    );
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('has every module of the folder on some page', () => {
    const folder = path.resolve(import.meta.dirname, '../../../src/report/page/browser');
    const all = readdirSync(folder).filter((name) => name.endsWith('.js'));
    const used = new Set([...modules.keys(), ...modulesOf('claimsPage.js').keys(), ...modulesOf('mainPage.js').keys()]);
    expect(all.filter((name) => !used.has(name))).toEqual([]);
  });
});

describe('the state of a view', async () => {
  interface TableState {
    sort: { column: string; descending: boolean } | null;
    filter: string;
  }
  interface State {
    shown: string[] | null;
    tables: Record<string, TableState>;
    x: string | null;
    y: string | null;
  }
  const { readState, stateText } = await browserModule<{
    readState(fragment: string, known: { variants: string[]; measures: string[] }): State;
    stateText(state: State): string;
  }>('viewState');
  const known = {
    variants: ['LoRA', 'a&b=#c', 'DoRA'],
    measures: ['learn.lossNats', 'bytes'],
    tables: ['best', 'sure'],
  };
  const untouched: TableState = { sort: null, filter: '' };
  const nothing: State = { shown: null, tables: { best: untouched, sure: untouched }, x: null, y: null };
  const loss = { column: 'target loss (nats)', descending: true };
  const p = { column: 'p (Holm)', descending: false };

  it.each<State>([
    nothing,
    { ...nothing, shown: ['LoRA', 'a&b=#c'] },
    { ...nothing, shown: [] },
    { shown: ['DoRA'], tables: { best: { sort: loss, filter: 'ä %' }, sure: untouched }, x: 'bytes', y: null },
    { ...nothing, tables: { best: untouched, sure: { sort: p, filter: 'target' } }, y: 'learn.lossNats' },
  ])('%j goes into an address and back', (state) => {
    expect(readState(`#${stateText(state)}`, known)).toEqual(state);
  });

  it('names the first table in no word, the others in each', () => {
    const tables = { best: { sort: loss, filter: '' }, sure: { sort: p, filter: 'yes' } };
    expect(stateText({ ...nothing, tables })).toBe(
      'sort-down=target+loss+%28nats%29&sort.sure=p+%28Holm%29&filter.sure=yes',
    );
  });

  it('is empty where nothing was chosen, and leaves out what the page does not know', () => {
    expect(stateText(nothing)).toBe('');
    expect(readState('#show=LoRA&show=gone&x=gone&other=1', known)).toEqual({ ...nothing, shown: ['LoRA'] });
    expect(readState('#show=LoRA&show=DoRA&show=a%26b%3D%23c', known).shown).toBeNull();
  });
});

describe('the order of rows', async () => {
  const { hasWords, sortedRows } = await browserModule<{
    sortedRows<Row>(rows: Row[], key: (row: Row) => number | string | null, descending: boolean): Row[];
    hasWords(text: string, filter: string): boolean;
  }>('sortedRows');
  const sorted = (keys: (number | string | null)[], descending: boolean): (number | string | null)[] =>
    sortedRows(keys, (key) => key, descending);

  it('is that of numbers, with what is missing last both ways', () => {
    expect(sorted([10, null, 9, -1], false)).toEqual([-1, 9, 10, null]);
    expect(sorted([10, null, 9, -1], true)).toEqual([10, 9, -1, null]);
    expect(sorted(['rank 10', 'rank 9', 3], false)).toEqual([3, 'rank 9', 'rank 10']);
  });

  it('keeps rows of the same key as they were', () => {
    const rows = [0, 1, 2, 3].map((at) => ({ at, key: at % 2 }));
    expect(sortedRows(rows, ({ key }) => key, true).map(({ at }) => at)).toEqual([1, 3, 0, 2]);
  });

  it('a filter wants every word, in any case', () => {
    expect(hasWords('LoRA, rank 8: lower by 0.1', 'rank  lora')).toBe(true);
    expect(hasWords('LoRA, rank 8', 'rank 9')).toBe(false);
    expect(hasWords('LoRA', '')).toBe(true);
  });
});

describe('the frontier', async () => {
  type Better = 'lower' | 'higher';
  const { frontier } = await browserModule<{
    frontier(points: { x: number; y: number }[], better: { x: Better; y: Better }): number[];
  }>('frontier');
  const points = [
    { x: 1, y: 5 },
    { x: 2, y: 2 },
    { x: 3, y: 3 },
    { x: 4, y: 1 },
    { x: 4, y: 2 },
  ];

  it('has what nothing beats, from the best in x on', () => {
    expect(frontier(points, { x: 'lower', y: 'lower' })).toEqual([0, 1, 3]);
    expect(frontier(points, { x: 'higher', y: 'lower' })).toEqual([3]);
    expect(frontier(points, { x: 'lower', y: 'higher' })).toEqual([0]);
    expect(frontier(points, { x: 'higher', y: 'higher' })).toEqual([4, 2, 0]);
  });

  it('has all of equal points', () => {
    expect(frontier([points[0], points[0]], { x: 'lower', y: 'lower' })).toEqual([0, 1]);
    expect(frontier([], { x: 'lower', y: 'lower' })).toEqual([]);
  });
});

describe('picking variants', async () => {
  const { pickVariants } = await browserModule<{
    pickVariants(chart: object, variants: { all: string[]; picked: Set<string> }): Record<string, unknown>;
  }>('pickVariants');
  const chart = {
    spec: {
      encoding: {
        x: { scale: { domain: [0, 9] } },
        color: { scale: { domain: ['a', 'b', 'c'], range: ['red', 'green', 'blue'] } },
        y: { sort: ['a', 'b', 'c'], scale: { domain: ['other', 'names'], range: [1, 2] } },
      },
      layer: [{ data: { values: [{ variant: 'a' }, { variant: 'b', text: 'a' }, { text: 'of no variant' }] } }],
    },
    frames: {
      x: [
        { variant: 'a', low: 0, high: 8 },
        { variant: 'b', low: 2, high: 4 },
      ],
    },
  };

  it('leaves out rows, names and colours, and fits the frame; the chart itself stays', () => {
    const before = JSON.stringify(chart);
    const spec = pickVariants(chart, { all: ['a', 'b', 'c'], picked: new Set(['b', 'c']) });
    expect(spec).toEqual({
      encoding: {
        x: { scale: { domain: [1.88, 4.12] } },
        color: { scale: { domain: ['b', 'c'], range: ['green', 'blue'] } },
        y: { sort: ['b', 'c'], scale: { domain: ['other', 'names'], range: [1, 2] } },
      },
      layer: [{ data: { values: [{ variant: 'b', text: 'a' }, { text: 'of no variant' }] } }],
    });
    expect(JSON.stringify(chart)).toBe(before);
  });

  it('changes nothing where all are picked', () => {
    const all = ['a', 'b', 'c'];
    expect(pickVariants({ spec: chart.spec }, { all, picked: new Set(all) })).toEqual(chart.spec);
  });
});

describe('the Pareto plot', async () => {
  const { paretoSpec } = await browserModule<{
    paretoSpec(measures: object, variants: object[]): { layer: { data: { values: Record<string, unknown>[] } }[] };
  }>('paretoSpec');
  const variant = (name: string): object => ({ name, color: '#000', shape: 'circle' });
  const measure = (means: number[], better: string): object => ({
    label: 'words',
    unit: 'unit',
    better,
    values: means.map((mean, at) => ({ variant: 'abc'[at], mean, low: mean - 1, high: mean + 1 })),
  });
  const of = (x: object, y: object, names = ['a', 'b', 'c']) => paretoSpec({ x, y }, names.map(variant));

  it('joins what is not beaten and fades the rest', () => {
    const { layer } = of(measure([1, 2, 3], 'lower'), measure([5, 9, 4], 'higher'));
    expect(layer[0].data.values.map((row) => row.variant)).toEqual(['a', 'b']);
    expect(layer[1].data.values.map((row) => row.isBest)).toEqual([true, true, false]);
  });

  it('is logarithmic over a decade, where an interval below zero is cut', () => {
    const { layer } = of(measure([0.5, 20, 30], 'lower'), measure([5, 6, 7], 'lower'));
    const text = JSON.stringify(layer);
    expect(text).toContain('unit, log scale, lower is better');
    expect(text).toContain('unit, lower is better');
    expect(layer[1].data.values.every(({ xLow }) => (xLow as number) > 0)).toBe(true);
  });

  it('shows what is picked and has both measures', () => {
    expect(of(measure([1, 2], 'lower'), measure([1, 2, 3], 'lower'), ['b', 'c']).layer[1].data.values).toHaveLength(1);
  });
});

it.each<[string, number | null]>([
  ['1.213 (1.194 to 1.232)', 1.213],
  ['−0.5', -0.5],
  ['3e-4 (edge of the grid)', 3e-4],
  ['260,032', 260_032],
  ['1.04 MB', 1_040_000],
  ['51 ms', 0.051],
  ['lower by 0.12 (0.10 to 0.13)', -0.12],
  ['higher by 0.05 (0.04 to 0.06)', 0.05],
  ['no difference shown (−0.003, −0.010 to 0.004)', -0.003],
  ['+0.012, not known from one seed', 0.012],
  ['8 finished, 2 diverged', 8],
  ['LoRA: lower by 0.12 (0.10 to 0.13)', -0.12],
  ['<0.0001', 0.0001],
  ['1.21 to 1.35', 1.21],
  ['−∞', -Infinity],
  ['+∞', Infinity],
  ['1.68 (2.10 corrected)', 1.68],
  ['3 of 20 points (target loss 1.21 to 1.35, at 3e-4)', 3],
  ['yes', null],
  ['–', null],
  ['no interior optimum', null],
])('the cell %j stands for %j', (cell, value) => {
  const found = cellValue(cell);
  if (value === null) expect(found).toBeNull();
  else if (Math.abs(value) === Infinity) expect(found).toBe(value);
  else expect(found).toBeCloseTo(value, 9);
});

describe('names that have no room', async () => {
  const { nameLength, shortName } = await browserModule<{
    nameLength(names: string[], wanted: number, most: number): number;
    shortName(name: string, characters: number): string;
  }>('shortNames');

  it('lose their middle, as little of it as tells them apart', () => {
    expect(shortName('rank 16, 100 sums', 9)).toBe('rank\u2026sums');
    expect(shortName('LoRA', 9)).toBe('LoRA');
    const names = ['rank 16, 100 sums', 'rank 16, 900 sums'];
    const length = nameLength(names, 9, 17);
    expect(length).toBeGreaterThan(9);
    expect(new Set(names.map((name) => shortName(name, length))).size).toBe(2);
    expect(nameLength(['a long name', 'another one'], 9, 17)).toBe(9);
    expect(nameLength([], 9, 17)).toBe(9);
    expect(nameLength(names, 9, 10)).toBe(10);
  });
});

describe('a chart in a narrow place', async () => {
  const { fitWidth } = await browserModule<{ fitWidth(spec: object, width: number): void }>('fitWidth');
  const heat = (): { encoding: object; data: object; layer: Record<string, any>[] } => ({
    data: { values: Array.from({ length: 10 }, (_, b) => ({ b, text: '0.25' })) },
    encoding: { x: { field: 'b', type: 'nominal' } },
    layer: [
      { mark: { type: 'rect' }, encoding: { color: { field: 'x', legend: null } } },
      { name: 'values-0', mark: { type: 'text', fontSize: 11 }, encoding: { text: { field: 'text' } } },
    ],
  });

  it('has smaller numbers in its cells, and where these could not be read a legend', () => {
    const sizes = [600, 260, 120].map((width) => {
      const spec = heat();
      fitWidth(spec, width);
      return spec.layer.map(({ mark }) => mark.fontSize);
    });
    expect(sizes).toEqual([[undefined, 11], [undefined, 9], [undefined]]);
    const spec = heat();
    fitWidth(spec, 120);
    expect(spec.layer[0].encoding.color.legend).toMatchObject({ orient: 'bottom' });
  });

  it('has facets below each other, each with the axes that the first and the last had for all', () => {
    const part = (isFirst: boolean): object => ({
      width: 100,
      layer: [
        {
          encoding: {
            x: { field: 'level', title: 'rank', axis: { labels: false, ticks: false } },
            y: { field: 'score', title: isFirst ? ['loss'] : null, axis: { labels: isFirst } },
          },
        },
      ],
    });
    const spec: Record<string, any> = { spacing: 28, hconcat: [part(true), part(false), part(false)] };
    fitWidth(spec, 240);
    expect(spec.hconcat).toBeUndefined();
    const axes = spec.vconcat.map(({ layer: [{ encoding }] }: any) => encoding);
    expect(axes.map(({ y }: any) => [y.title, y.axis.labels])).toEqual(Array(3).fill([['loss'], true]));
    expect(axes.map(({ x }: any) => [x.title, x.axis.labels])).toEqual([
      [null, true],
      [null, true],
      ['rank', true],
    ]);
    expect(spec.vconcat.map(({ width }: any) => width)).toEqual([240, 240, 240]);
    const wide: Record<string, any> = { spacing: 28, hconcat: [part(true), part(false)] };
    fitWidth(wide, 628);
    expect(wide.hconcat.map(({ width }: any) => width)).toEqual([300, 300]);
  });
});
