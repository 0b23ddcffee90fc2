import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/results/record.ts';
import { summarize } from '../../src/results/summary.ts';
import { type Answer, answer } from '../../src/report/answer.ts';
import { certaintyTable } from '../../src/report/certaintyTable.ts';
import { titleLines } from '../../src/report/chart.ts';
import { forgettingTable } from '../../src/report/forgettingTable.ts';
import * as text from '../../src/report/numberText.ts';
import { type Table, summaryTable } from '../../src/report/table.ts';
import { type Grid, profile, synthetic } from '../results/synthetic.ts';

/** The plan with the two highest rates as extensions. */
function extended(grid: Grid): Answer {
  const { plan, records } = synthetic(grid);
  const runs = plan.runs.map((run) =>
    run.learningRate < 3e-3 ? run : { ...run, round: run.learningRate < 1e-2 ? 1 : 2 },
  );
  return answer(summarize({ ...plan, runs }, records));
}

function said(grid: Grid, keep: (record: RunRecord) => boolean = () => true): Answer & { table: Table } {
  const { plan, records } = synthetic(grid);
  const summary = summarize(plan, records.filter(keep));
  return { ...answer(summary), table: summaryTable(summary) };
}

describe('a best rate at the edge', () => {
  it('may lie outside, and where the grid was extended there is no interior optimum', () => {
    const far = { profiles: { LoRA: profile({ bestRate: 1 }) } };
    expect(said(far).variants[0]!.sentences).toContain(
      'This is the highest rate of the grid: the best rate may lie outside.',
    );
    expect(extended(far).variants[0]!.sentences).toContain(
      'No interior optimum: the grid was extended twice, and its highest rate is still the best.',
    );
    const inside = extended({ profiles: { LoRA: profile({}) } }).variants[0]!.sentences.join(' ');
    expect(inside).not.toMatch(/interior|outside/);
  });
});

describe('numbers', () => {
  it('show as many decimals as the interval knows', () => {
    const estimate = (mean: number, low: number, high: number) => text.estimateText({ mean, interval: { low, high } });
    expect(estimate(1.21345, 1.1942, 1.2327)).toBe('1.213 (1.194 to 1.233)');
    expect(estimate(1.5, 1.1, 1.9)).toBe('1.50 (1.10 to 1.90)');
    expect(estimate(120, 100, 140)).toBe('120 (100 to 140)');
    expect(estimate(2, 2, 2)).toBe('2.000 (2.000 to 2.000)');
    expect(text.estimateText({ mean: 1.21345, interval: null })).toBe('1.213 (one seed)');
  });

  it('have a true minus, and none before a zero', () => {
    expect([-1.5, -0.0001, 0].map((value) => text.fixed(value, 2))).toEqual(['−1.50', '0.00', '0.00']);
  });

  it('have units', () => {
    expect([0, 999, 1000, 1_040_128, 5.9e9].map(text.bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.00 kB',
      '1.04 MB',
      '5.90 GB',
    ]);
    expect([0.0508, 1.234, 75].map(text.secondsText)).toEqual(['51 ms', '1.2 s', '75 s']);
    expect([3e-4, 1e-3, 0.0025, 0.01, 0.3, 1].map(text.learningRateText)).toEqual([
      '3e-4',
      '1e-3',
      '2.5e-3',
      '0.01',
      '0.3',
      '1',
    ]);
    expect([0, 0.04321, 0.9, 1234.5, 3.21e-7, 2.5e7].map((value) => text.significant(value, 2))).toEqual([
      '0',
      '0.043',
      '0.90',
      '1200',
      '3.2e−7',
      '2.5e7',
    ]);
    expect(text.countText(260_032)).toBe('260,032');
  });

  it('have probabilities that say on which side of 0.05 they lie', () => {
    expect([0.3214, 0.0502, 0.0498, 0.0041, 0.00001, 0].map(text.probabilityText)).toEqual([
      '0.32',
      '0.0502',
      '0.0498',
      '0.0041',
      '<0.0001',
      '<0.0001',
    ]);
  });

  it('lists and titles read well', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(text.listText)).toEqual(['', 'a', 'a and b', 'a, b and c']);
    expect(titleLines('one two three', 7)).toEqual(['one two', 'three']);
  });
});

describe('the answer', () => {
  it('says for whom a difference is shown and for whom not', () => {
    expect(said({}).headline).toBe(
      'Against LoRA, a lower test loss on the target is shown for LoRA+ and full; a higher one for QLoRA; no difference is shown for DoRA and AdaLoRA.',
    );
  });

  it('says what each variant reaches, and where', () => {
    const { variants } = said({});
    const of = (name: string): string => variants.find(({ variant }) => variant === name)!.sentences.join(' ');
    const number = String.raw`−?\d\.\d+`;
    expect(of('DoRA')).toMatch(
      new RegExp(
        `^At its best rate, 3e-3, DoRA reaches ${number} \\(${number} to ${number}\\) nats on the target; against LoRA: no difference shown \\([+−]\\d\\.\\d+, ${number} to ${number}\\)\\.`,
      ),
    );
    expect(of('full')).toMatch(
      /against LoRA: lower by 0\.1\d+ \(0\.1\d+ to 0\.1\d+\)\. On the source its loss rises from 1\.5\d* to 2\.\d+ \(/,
    );
    expect(of('full')).toContain('This is the lowest rate of the grid: the best rate may lie outside.');
    expect(of('AdaLoRA')).toContain('This is the highest rate of the grid: the best rate may lie outside.');
    expect(of('LoRA')).not.toContain('against');
  });

  it('does not call the only rate the best', () => {
    const [lora] = said({ learningRates: [1e-3] }).variants;
    expect(lora!.sentences[0]).toMatch(/^At 1e-3, the only rate it was run at, LoRA reaches /);
  });

  it('counts where a headline would name too many', () => {
    const few = said({});
    expect(few.brief).toBe(few.headline);
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`a variant of many, ${i}`, profile({ effectNats: i < 12 ? 1 : -1 })]),
    );
    expect(said({ profiles: { LoRA: profile({}), ...many }, learningRates: [1e-3] }).brief).toBe(
      'Of 20 comparisons of the test loss on the target 8 show a lower one and 12 show a higher one.',
    );
  });

  it('starts a sentence where only higher losses are shown', () => {
    const worse = { LoRA: profile({}), worse: profile({ effectNats: 1 }) };
    expect(said({ profiles: worse }).headline).toBe(
      'Against LoRA, a higher test loss on the target is shown for worse.',
    );
  });

  it('says what decides, what could be seen, how seeds and methods move a run, and what was not matched', () => {
    const caveats = said({}).caveats.join('\n');
    expect(caveats).toContain('adjusted by Holm’s method for the 5 comparisons of that loss, is at most 0.05');
    expect(caveats).toMatch(
      /5 seeds show a true difference with 80\u00a0% power only from 1\.68 .* \(2\.63 at the strictest/,
    );
    expect(caveats).toMatch(
      /spread by 0\.0\d+ nats .* by 0\.0\d+: a ratio of \d\.\d, so another method moves a run more/,
    );
    expect(caveats).toContain(
      'Trained parameters are not matched: from 8,192 (LoRA) to 260,032 (full), 32 times as many, as training starts; at its end, after pruning, from',
    );
    const two = said({ profiles: { LoRA: profile({}), same: profile({}) } }).caveats.join('\n');
    expect(two).toContain('A difference counts as shown where its 95\u00a0% t interval leaves zero out.');
    expect(two).toContain('so another seed moves a single run more');
    expect(two).not.toContain('Not matched');
  });

  it('says where only the interval leaves zero out', () => {
    const planted = { LoRA: profile({}), weak: profile({ effectNats: -0.02 }), a: profile({}), b: profile({}) };
    const roots = Array.from({ length: 30 }, (_, root) => said({ root, profiles: planted, learningRates: [3e-3] }));
    const hints = roots.filter(({ caveats }) => caveats.join(' ').includes('For weak the interval alone'));
    expect(hints.length).toBeGreaterThan(3);
    for (const { headline, table } of hints) {
      expect(headline).toContain('no difference is shown for weak');
      expect(table.rows[1][3]).toMatch(
        /^no difference shown \(−0\.\d+, −0\.\d+ to −0\.\d+; the interval alone leaves zero out\)$/,
      );
    }
  });

  it('speaks of every reference that is named', () => {
    const { plan, records } = synthetic({});
    const summary = summarize({ ...plan, variants: { ...plan.variants, QLoRA: { reference: 'full' } } }, records);
    expect(answer(summary).headline).toBe(
      'Against LoRA, a lower test loss on the target is shown for LoRA+ and full; no difference is shown for DoRA and AdaLoRA. Against full, a higher test loss on the target is shown for QLoRA.',
    );
    const { head, rows } = summaryTable(summary);
    expect(head[3]).toBe('against its reference');
    expect([rows[0][3], rows[4][3]]).toEqual(['–', expect.stringMatching(/^full: higher by/)]);
  });

  it('claims nothing from one seed', () => {
    const { headline, variants, caveats, table } = said({ seeds: 1 });
    expect(headline).toBe('Against LoRA, one seed cannot tell a difference for LoRA+, DoRA, AdaLoRA, QLoRA and full.');
    expect(variants[2].sentences[0]).toMatch(
      /\(one seed\) nats on the target; against LoRA: [+−]\d\.\d+, not known from one seed\./,
    );
    expect(caveats.join(' ')).toContain('One seed says nothing about chance');
    expect(table.rows[5][3]).toContain('not known from one seed');
  });

  it('tells what is missing, and what cannot be said', () => {
    const { headline, caveats, variants, table } = said(
      { seeds: 2 },
      ({ plan }) => plan.variant !== 'full' || plan.seed === 0,
    );
    expect(caveats.at(-1)).toBe('4 of 48 planned runs have no record yet: the answer may change.');
    expect(headline).toContain('nothing can be said of full');
    expect(variants[5].sentences).toEqual([
      'full: at every learning rate some run diverged, failed or is missing, so none was chosen.',
    ]);
    expect(table.rows[5].slice(1, 3)).toEqual(['–', '–']);
    expect(said({ seeds: 1 }, () => false).headline).toBe(
      'No variant has finished with every seed yet: there is no answer.',
    );
    expect(said({ profiles: { LoRA: profile({}) } }).headline).toBe(
      'Only LoRA was run: there is nothing to compare it with.',
    );
  });
});

describe('the tables behind the answer', () => {
  const { plan, records } = synthetic({});
  const summary = summarize(plan, records);

  it('say how sure each number is', () => {
    const { head, rows } = certaintyTable(summary);
    expect(rows.every(({ length }) => length === head.length)).toBe(true);
    expect(rows.map(([name, task]) => `${name} ${task}`).slice(0, 3)).toEqual([
      'LoRA target',
      'LoRA source',
      'LoRA+ target',
    ]);
    const cell = (row: number, column: string): string => rows[row][head.indexOf(column)];
    expect(cell(0, 'p (Holm)')).toBe('–');
    expect(cell(10, 'shown')).toBe('yes');
    expect(cell(4, 'shown')).toBe('no');
    expect(cell(10, 'd_z')).toMatch(/^−\d+\.\d\d$/);
    expect(cell(10, 'smallest d_z seen at 80\u00a0% power')).toBe('1.68 (2.63 corrected)');
    expect(cell(10, 'BCa')).toMatch(/^1\.1\d+ to 1\.\d+$/);
  });

  it('say what was forgotten at the same target loss, and who is on the frontier', () => {
    const { head, rows } = forgettingTable(summary);
    expect(rows.every(({ length }) => length === head.length)).toBe(true);
    expect(rows[0].slice(0, 3)).toEqual(['LoRA', '–', '–']);
    expect(rows[5][5]).toMatch(/^higher by 0\.4/);
    expect(rows[5][7]).toMatch(/^\d+ of \d+ points \(target loss 1\.\d\d to 1\.\d\d, at 3e-4\)$/);
    const counted = rows.map((row) => Number(/^(\d+) of/.exec(row[7])?.[1] ?? 0));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(summary.frontier.length);
  });

  it('have dashes for one seed, and leave out who has no best rate', () => {
    const one = synthetic({ seeds: 1 });
    const few = summarize(
      one.plan,
      one.records.filter((record) => record.plan.variant !== 'full'),
    );
    expect(certaintyTable(few).rows).toHaveLength(10);
    expect(certaintyTable(few).rows[2].slice(7)).toEqual(
      ['–', '–', '–', '–', '–', 'no'].map((x, i) => (i === 0 ? expect.any(String) : x)),
    );
    expect(forgettingTable(few).rows).toHaveLength(5);
  });
});

it('the table has every variant with what it cost', () => {
  const { head, rows } = said({}).table;
  const cell = (row: number, column: string): string => rows[row][head.indexOf(column)];
  expect(rows.every(({ length }) => length === head.length)).toBe(true);
  expect(cell(3, 'trained parameters')).toBe('13,000 (8,710 at the end)');
  expect(cell(3, 'best rate')).toBe('0.01 (edge of the grid)');
  expect(cell(4, 'frozen bytes')).toBe('180 kB');
  expect(cell(0, 'scale')).toBe('2');
  expect(cell(0, 'time per step (share of its group)')).toBe('51 ms');
  expect(cell(0, 'target exact match')).toMatch(/^0\.8/);
  expect(cell(1, 'runs')).toBe('15 finished, 5 diverged');
});

it('the summary shows what was observed beside target and source, with the base, and of a metric in parts the whole', () => {
  const { plan, records } = synthetic({ profiles: { LoRA: profile({}), full: profile({}) }, learningRates: [3e-3] });
  const more = records.map((run): RunRecord => {
    if (run.status !== 'finished') return run;
    const lossNats = 6 + run.plan.seed / 10;
    const retain = { test: { ...run.final.retain.test, grammarAccuracy: 0.5, 'grammarAccuracy.case': 1, klToBase: 2 } };
    return {
      ...run,
      before: { ...run.before, observe: { code: { lossNats: 7.5 } } },
      final: { ...run.final, retain, observe: { code: { lossNats } } },
    };
  });
  const { head, rows } = summaryTable(summarize(plan, more));
  const cell = (column: string): string | undefined => rows[0]![head.indexOf(column)];
  expect(cell('code loss (nats)')).toBe('6.20 (6.00 to 6.40)');
  expect(cell('base on code')).toBe('7.500');
  expect(cell('source grammar accuracy')).toBe('0.500 (0.500 to 0.500)');
  expect(cell('source KL to the base')).toBe('2.000 (2.000 to 2.000)');
  expect(head.filter((column) => column.includes('.'))).toEqual([]);
});
