/** The pages of reports in a real browser, without a network: what a reader does, and what the browser complains of. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsHtml } from '../../src/report/claims/page.ts';
import { reportContent } from '../../src/report/content.ts';
import { reportHtml } from '../../src/report/html.ts';
import { mainContent } from '../../src/report/main/content.ts';
import { mainHtml } from '../../src/report/main/page.ts';
import { summarize } from '../../src/results/summary.ts';
import { someClaims } from '../report/claims/someClaims.ts';
import { manyVariants } from '../results/manyVariants.ts';
import { synthetic } from '../results/synthetic.ts';
import { analysisOfRecords } from '../results/syntheticAnalysis.ts';
import { type Browser, chromium, type Page, startBrowser, type View } from './chromium.ts';

const program = chromium();
if (program === null && process.env.CI)
  throw new Error(
    'there is no Chromium, without which the pages of reports cannot be tested; install the package chromium',
  );

const folder = mkdtempSync(path.join(tmpdir(), 'adapterlab-pages-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(program === null)(
  'in Chromium (skipped where there is none: install it, or name it in CHROMIUM)',
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startBrowser(program!);
      return () => browser.close();
    });

    const { plan, records } = synthetic({ seeds: 3 });
    /** With every chart that there is. */
    const analysed = ({ plan: of, records: runs }: ReturnType<typeof synthetic>): string => {
      const rates = summarize(of, runs).variants.flatMap(({ variant, best }): [string, number][] =>
        best ? [[variant, best.learningRate]] : [],
      );
      return reportHtml(reportContent(of, runs, analysisOfRecords(runs, new Map(rates))));
    };
    const pages: Record<string, () => string> = {
      report: () => analysed({ plan, records }),
      many: () => analysed(synthetic(manyVariants())),
      claims: () => claimsHtml(someClaims),
      index: () => mainHtml(mainContent([{ folder: 'one', content: reportContent(plan, records) }], someClaims)),
    };
    beforeAll(() => {
      for (const [name, html] of Object.entries(pages)) writeFileSync(path.join(folder, `${name}.html`), html());
    });

    /** Opens a page, does something there, and closes it; a page that complains fails. */
    async function on(name: string, view: View, act: (page: Page) => Promise<void>): Promise<void> {
      const page = await browser.open(path.join(folder, `${name}.html`), view);
      try {
        if (view.scripts !== false && name !== 'claims') await page.until(isDrawn);
        await act(page);
        expect(page.complaints).toEqual([]);
      } finally {
        await page.close();
      }
    }

    const isDrawn = `document.documentElement.dataset.drawn && [...document.querySelectorAll('figure:not([hidden]) .chart')].every((chart) => chart.textContent !== '')`;
    const shownRows = `[...document.querySelector('table.sortable').querySelectorAll('tbody tr')].filter((row) => !row.hidden).map((row) => row.dataset.variant)`;
    const click = (what: string): string => `document.querySelector(${JSON.stringify(what)}).click()`;
    const choose = (id: string, value: string): string =>
      `(() => { const of = document.getElementById('${id}'); of.value = ${JSON.stringify(value)}; of.dispatchEvent(new Event(of.tagName === 'SELECT' ? 'change' : 'input')); })()`;
    const head = (column: string, table = 'best'): string =>
      `[...document.querySelectorAll('table[data-name="${table}"] th[scope=col]')].find((one) => one.textContent === ${JSON.stringify(column)})`;
    /** Of the rows that a table shows: the text of a column. */
    const cells = (table: string, column: string): string =>
      `[...document.querySelectorAll('table[data-name="${table}"] tbody tr')].filter((row) => !row.hidden).map((row) => row.cells[${head(column, table)}.cellIndex].textContent)`;
    const filterOf = (table: string): string => `document.querySelector('input[data-filter="${table}"]')`;
    const type = (table: string, words: string): string =>
      `(() => { const of = ${filterOf(table)}; of.value = ${JSON.stringify(words)}; of.dispatchEvent(new Event('input')); })()`;

    it.each<[string, View]>([
      ['report', { width: 1280 }],
      ['report', { width: 360 }],
      ['report', { width: 800, dark: true }],
      ['many', { width: 1280 }],
      ['many', { width: 360, dark: true }],
      ['index', { width: 1280 }],
      ['index', { width: 360 }],
      ['claims', { width: 800 }],
      ['claims', { width: 360 }],
    ])('%s is drawn, no wider than the screen, without a complaint: %j', async (name, view) => {
      await on(name, view, async (page) => {
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(view.width!);
        const wider = `[...document.querySelectorAll('.chart')].filter((chart) => chart.scrollWidth > chart.clientWidth + 2).map((chart) => chart.id + ': ' + chart.scrollWidth)`;
        expect(await page.evaluate(wider)).toEqual([]);
        expect(
          await page.evaluate(`[...document.querySelectorAll('.chart')].some((chart) => !chart.querySelector('svg'))`),
        ).toBe(false);
      });
    });

    it('sorts by a head, with the keyboard too: up, down, as it was', async () => {
      await on('report', {}, async (page) => {
        const before = await page.evaluate<string[]>(shownRows);
        const column = 'target loss (nats)';
        await page.evaluate(`${head(column)}.querySelector('button').focus()`);
        await page.press('Enter');
        const up = await page.evaluate<string[]>(shownRows);
        expect(up[0]).toBe('full');
        expect(up.at(-1)).toBe('QLoRA');
        expect(await page.evaluate(`${head(column)}.getAttribute('aria-sort')`)).toBe('ascending');
        expect(await page.evaluate('decodeURIComponent(location.hash)')).toBe('#sort=target+loss+(nats)');
        await page.press(' ');
        expect(await page.evaluate(shownRows)).toEqual([...up].reverse());
        await page.press('Enter');
        expect(await page.evaluate(shownRows)).toEqual(before);
        expect(await page.evaluate('location.hash')).toBe('');
      });
    });

    it('filters the rows by words', async () => {
      await on('report', {}, async (page) => {
        await page.evaluate(type('best', 'lower by'));
        expect(await page.evaluate(shownRows)).toEqual(['full']);
        expect(await page.evaluate(`document.querySelector('output[data-filter=best]').textContent`)).toBe(
          '1 of 6 rows',
        );
        expect(await page.evaluate(cells('sure', 'variant'))).toHaveLength(12);
      });
    });

    it.each([
      { table: 'sure', column: 'd_z', rows: 12 },
      { table: 'forgetting', column: 'its source loss', rows: 6 },
    ])('the table $table is sorted, filtered and picked from by itself', async ({ table, column, rows }) => {
      const numbers = async (page: Page): Promise<number[]> => {
        const texts = await page.evaluate<string[]>(cells(table, column));
        return texts.filter((text) => text !== '–').map((text) => Number(text.replace('\u2212', '-')));
      };
      await on('report', {}, async (page) => {
        const main = await page.evaluate(shownRows);
        expect(await page.evaluate(cells(table, column))).toHaveLength(rows);
        await page.evaluate(`${head(column, table)}.querySelector('button').click()`);
        const up = await numbers(page);
        expect(up.length).toBeGreaterThan(2);
        expect(up).toEqual([...up].sort((a, b) => a - b));
        await page.evaluate(`${head(column, table)}.querySelector('button').click()`);
        expect(await numbers(page)).toEqual([...up].reverse());
        expect(await page.evaluate('decodeURIComponent(location.hash)')).toBe(
          `#sort-down.${table}=${column.replaceAll(' ', '+')}`,
        );
        expect(await page.evaluate(shownRows)).toEqual(main);
        await page.evaluate(type(table, 'QLoRA'));
        expect(new Set(await page.evaluate<string[]>(cells(table, 'variant')))).toEqual(new Set(['QLoRA']));
        await page.evaluate(type(table, ''));
        await page.evaluate(click('#pick [data-pick=none]'));
        await page.evaluate(click('#pick input[value=DoRA]'));
        expect(await page.evaluate(cells(table, 'variant'))).toEqual(Array(rows / 6).fill('DoRA'));
      });
    });

    it('shows the variants that are picked, in the table, the answer and every chart', async () => {
      const words = `[...document.querySelectorAll('.chart text')].map((text) => text.textContent)`;
      await on('report', {}, async (page) => {
        expect(await page.evaluate<string[]>(words)).toContain('QLoRA');
        await page.evaluate(click('#pick [data-pick=none]'));
        expect(await page.evaluate(shownRows)).toEqual([]);
        await page.evaluate(click('#pick input[value=LoRA]'));
        await page.evaluate(click('#pick input[value=DoRA]'));
        await page.until(`!${words}.includes('QLoRA') && ${words}.includes('DoRA')`);
        expect(await page.evaluate(shownRows)).toEqual(['LoRA', 'DoRA']);
        expect(
          await page.evaluate(`[...document.querySelectorAll('.answer li')].filter((li) => !li.hidden).length`),
        ).toBe(2);
        expect(await page.evaluate(`document.querySelector('figure[data-variant=AdaLoRA]').hidden`)).toBe(true);
        expect(await page.evaluate('location.hash')).toBe('#show=LoRA&show=DoRA');
      });
    });

    it('shows the variants of one method', async () => {
      await on('many', {}, async (page) => {
        const button = `[...document.querySelectorAll('#pick button')].find((one) => one.textContent.startsWith('only full'))`;
        await page.evaluate(`${button}.click()`);
        expect(await page.evaluate(shownRows)).toEqual(['full', 'full, weight decay 0.1 and dropout 0.1']);
      });
    });

    it('draws the chosen measures against each other', async () => {
      const words = `[...document.querySelectorAll('#chart-pareto text')].map((text) => text.textContent)`;
      await on('report', {}, async (page) => {
        await page.evaluate(choose('axis-x', 'trainableParameters'));
        await page.until(`${words}.some((text) => text.startsWith('trained parameters'))`);
        await page.evaluate(choose('axis-y', 'learn.exactMatch'));
        await page.until(`${words}.some((text) => text.includes('higher is better'))`);
        expect((await page.evaluate<string[]>(words)).join(' ')).toContain('log scale, lower is better');
        expect(await page.evaluate('location.hash')).toBe('#x=trainableParameters&y=learn.exactMatch');
      });
    });

    it('a view comes back from its address', async () => {
      const fragment = '#show=LoRA&show=full&sort-down=target+loss+(nats)&x=secondsPerStep';
      await on('report', { fragment }, async (page) => {
        expect(await page.evaluate(shownRows)).toEqual(['LoRA', 'full']);
        expect(await page.evaluate(`document.getElementById('axis-x').value`)).toBe('secondsPerStep');
        await page.evaluate(`location.hash = '#show=DoRA'`);
        await page.until(`${shownRows}.join() === 'DoRA'`);
      });
    });

    it('the main report sorts the table of an experiment', async () => {
      await on('index', {}, async (page) => {
        const before = await page.evaluate<string[]>(shownRows);
        await page.evaluate(`${head('target loss (nats)', 'of-one')}.querySelector('button').click()`);
        const up = await page.evaluate<string[]>(shownRows);
        expect([up[0], up.at(-1)]).toEqual(['full', 'QLoRA']);
        expect(up).not.toEqual(before);
      });
    });

    it('labels beside points stay in the plot and leave it its width, and do not cover each other', async () => {
      await on('many', { width: 360 }, async (page) => {
        const boxes = await page.evaluate<Record<'left' | 'right' | 'top' | 'bottom', number>[][]>(
          `['pareto', 'learnt-against-forgotten'].map((name) => {
            const chart = document.getElementById('chart-' + name);
            const texts = [...chart.querySelectorAll('.labels_marks text')].filter((text) => !text.hasAttribute('display'));
            return [chart.querySelector('.background'), ...texts].map((one) => one.getBoundingClientRect().toJSON());
          })`,
        );
        for (const [plot, ...labels] of boxes) {
          expect(plot.right - plot.left).toBeGreaterThan(200);
          expect(labels.length).toBeGreaterThan(1);
          for (const [i, one] of labels.entries()) {
            expect(one.left).toBeGreaterThanOrEqual(plot.left - 1);
            expect(one.right).toBeLessThanOrEqual(plot.right + 1);
            const covers = labels.filter(
              (other, k) =>
                k > i &&
                one.left < other.right &&
                other.left < one.right &&
                one.top < other.bottom &&
                other.top < one.bottom,
            );
            expect(covers).toEqual([]);
          }
        }
      });
    });

    it('fits another width when the window changes', async () => {
      await on('report', {}, async (page) => {
        await page.resize(400);
        await page.until(`[...document.querySelectorAll('.chart svg')].every((svg) => svg.width.baseVal.value <= 400)`);
        await page.until(`document.documentElement.scrollWidth <= 400`);
      });
    });

    it('without scripts there are the words, the table and links to the pictures, and no controls', async () => {
      await on('report', { scripts: false }, async (page) => {
        const seen = await page.text();
        expect(seen).toContain('follow the links to them as pictures');
        expect(seen).toContain('lower by');
        expect(seen).not.toContain('Variants shown');
        expect(seen).not.toContain('Rows with');
      });
    });

    it('prints on white, with all charts', async () => {
      await on('report', { dark: true }, async (page) => {
        await page.print();
        expect(await page.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe('rgb(255, 255, 255)');
        const label = `getComputedStyle(document.querySelector('#chart-learning-rate-sweep .role-axis-label text')).fill`;
        expect(await page.evaluate(label)).toBe('rgb(51, 51, 51)');
        expect(await page.evaluate(`getComputedStyle(document.getElementById('pick')).display`)).toBe('none');
      });
    });

    it('the page of claims shows those of one verdict, or with some words', async () => {
      const claims = `[...document.querySelectorAll('#claims tbody tr')].filter((row) => !row.hidden).map((row) => row.id)`;
      await on('claims', {}, async (page) => {
        expect(await page.evaluate(claims)).toHaveLength(6);
        await page.evaluate(choose('verdict', 'holds'));
        expect(await page.evaluate(claims)).toEqual(['claim-1', 'claim-6']);
        await page.evaluate(choose('filter', 'number 6'));
        expect(await page.evaluate(claims)).toEqual(['claim-6']);
        expect(await page.evaluate('location.hash')).toBe('#verdict=holds&filter=number+6');
      });
      await on('claims', { fragment: '#verdict=mixed' }, async (page) => {
        expect(await page.evaluate(claims)).toEqual(['claim-3']);
      });
    });
  },
);
