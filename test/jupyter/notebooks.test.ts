/** What holds of the notebooks of this repository as files; `npm run notebooks` executes them. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { type Notebook, readNotebook } from '../../jupyter/notebook.ts';

const root = path.resolve(import.meta.dirname, '../..');
const named = (folder: string, ending: string): string[] =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => path.basename(name, ending))
    .toSorted();

const all = named('notebooks', '.ipynb');
const lessons = ['01-quickstart', '02-add-a-method'];
const comparisons = all.filter((name) => !lessons.includes(name));
const open = (name: string): Notebook => readNotebook(path.join(root, 'notebooks', `${name}.ipynb`));
const experimentOf = (name: string): string => name.replace(/^\d+-/, '');
const codeOf = (name: string): string[] =>
  open(name).cells.flatMap(({ cell_type, source }) => (cell_type === 'code' ? [source] : []));

test('they are numbered one after the other', () => {
  expect(all.slice(0, 2)).toEqual(lessons);
  expect(all.map((name) => Number(name.slice(0, 2)))).toEqual(all.map((_, index) => index + 1));
});

test('every comparison has one', () => {
  const others = ['start', 'pretrain-small-world'];
  const compared = named('experiments', '.ts').filter((name) => !others.includes(name));
  expect(comparisons.map(experimentOf).toSorted()).toEqual(compared);
});

describe.each(comparisons)('%s', (name) => {
  const experiment = experimentOf(name);
  const text = open(name)
    .cells.map(({ source }) => source)
    .join('\n\n');

  it('speaks of its own experiment, and says how to run it again', () => {
    for (const own of [
      `../experiments/${experiment}.ts`,
      `readReport('../results/${experiment}')`,
      `adapterlab run experiments/${experiment}.ts`,
      `adapterlab reproduce ${experiment} `,
      `adapterlab report results/${experiment} `,
    ])
      expect(text).toContain(own);
    const results = [...text.matchAll(/results\/([a-z-]+)/g)].map(([, folder]) => folder);
    expect(new Set(results)).toEqual(new Set([experiment]));
  });

  it('shows every part of the report', () => {
    const shown = codeOf(name).join('\n');
    for (const part of ['headline', 'table', 'answer', 'certainty', 'forgetting', 'run'])
      expect(shown).toContain(`display.markdown(report.${part});`);
    expect(shown).toContain("report.chart('");
  });

  it('has no logic: a cell is a few statements, none of which decides anything', () => {
    for (const cell of codeOf(name)) {
      expect(cell.split('\n').length, cell).toBeLessThanOrEqual(6);
      expect(cell).not.toMatch(/\b(if|while|function|class|switch)\b|\?|\.filter\(|\.reduce\(/);
    }
  });

  it('shows each chart once', () => {
    const charts = codeOf(name).flatMap((cell) =>
      [...cell.matchAll(/report\.chart\('([^']+)'\)/g)].map(([, chart]) => chart),
    );
    expect(charts.length).toBeGreaterThan(1);
    expect(new Set(charts).size).toBe(charts.length);
  });
});

test('cells that all comparisons have are the same in all of them', () => {
  const cellsOf = (name: string): string[] =>
    open(name).cells.map(({ source }) => source.replaceAll(experimentOf(name), '<experiment>'));
  const heads = ['## Every variant', '## How sure', '## Forgetting at', 'In words'];
  for (const head of heads) {
    const cells = comparisons.map((name) => cellsOf(name).find((source) => source.startsWith(head)));
    expect(new Set(cells), head).toHaveProperty('size', 1);
  }
  const opening = comparisons.map((name) => cellsOf(name)[1]);
  expect(new Set(opening)).toHaveProperty('size', 1);
});

test('each has cells of an id of their own', () => {
  for (const name of all) {
    const ids = open(name).cells.map(({ id }) => id);
    expect(new Set(ids).size, name).toBe(ids.length);
  }
});
