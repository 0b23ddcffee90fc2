import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { executed } from '../../jupyter/execute.ts';
import { notebookHtml } from '../../jupyter/html.ts';
import { type CodeCell, type Notebook, readNotebook, writeNotebook } from '../../jupyter/notebook.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-notebook-'));
const file = path.join(folder, 'some.ipynb');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const code = (source: string): CodeCell => ({
  cell_type: 'code',
  execution_count: null,
  id: 'a',
  metadata: {},
  outputs: [],
  source,
});
const notebookOf = (...sources: string[]): Notebook => ({
  cells: [{ cell_type: 'markdown', id: 'm', metadata: {}, source: '# Some *title*' }, ...sources.map(code)],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
});
const run = (...sources: string[]): Promise<Notebook> => executed(notebookOf(...sources), file, () => {});

describe('a notebook that works', () => {
  const sources = [
    `import { display } from 'tslab';\nconst p = Promise.resolve(20 + 1);\nconst half: number = await p;\nconsole.log(half);\nconsole.error('note');`,
    `console.log(2 * half);\ndisplay.html('<b>seen</b>');\ndisplay.png(new Uint8Array([1, 2, 3]));\ndisplay.svg('<svg/>');`,
  ];

  it('keeps what was printed and shown, in its order, and numbers the cells', async () => {
    const { cells } = await run(...sources);
    expect(cells.slice(1)).toMatchObject([
      {
        execution_count: 1,
        outputs: [
          { output_type: 'stream', name: 'stdout', text: '21\n' },
          { output_type: 'stream', name: 'stderr', text: 'note\n' },
        ],
      },
      {
        execution_count: 2,
        outputs: [
          { output_type: 'stream', name: 'stdout', text: '42\n' },
          { output_type: 'display_data', data: { 'text/html': '<b>seen</b>' } },
          { output_type: 'display_data', data: { 'image/png': 'AQID' } },
          { output_type: 'display_data', data: { 'image/svg+xml': '<svg/>' } },
        ],
      },
    ]);
  });

  it('has links that lead from its page to the same places', () => {
    const [cell] = notebookOf().cells;
    const links = '[script](../experiments/a.ts) [other](02-b.ipynb) [report](https://example.org/../c.ipynb)';
    const page = notebookHtml('some', { ...notebookOf(), cells: [{ ...cell!, source: links }] });
    const found = [...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    expect(found).toEqual(['../../experiments/a.ts', '02-b.html', 'https://example.org/../c.ipynb']);
  });

  it('is the same after writing and reading, and a page without anything to load', async () => {
    const done = await run(...sources);
    writeNotebook(file, done);
    expect(readNotebook(file)).toEqual(done);
    const page = notebookHtml('some', done);
    expect(page).toContain('<h1>Some <em>title</em></h1>');
    expect(page).toContain('<img alt="" src="data:image/png;base64,AQID">');
    expect(page).toContain('<b>seen</b>');
    expect(page).not.toMatch(/<script|https?:/);
  });
});

describe('a notebook that fails', () => {
  it.each([
    ['throws', `console.log('so far');\nthrow new RangeError('too far');`, /so far\n[^]*RangeError: too far/],
    ['does not compile', `const n: number = 'text';`, /1:7 - Type 'string' is not assignable to type 'number'/],
    ['leaves a rejection behind', `void Promise.reject(new Error('unheard'));`, /unheard[^]*unhandledRejection/],
    ['ends the process', `process.exit(3);`, /ended the process \(exit status 3\)/],
  ])('names the cell that %s', async (_, source, message) => {
    const failed = run('const before = 1;', source, 'const after = 1;');
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(`some.ipynb: code cell 2 failed\n    ${source.split('\n')[0]}`);
  });
});

it('the kernelspec for Jupyter names a program that exists', () => {
  const folder = fileURLToPath(new URL('../../jupyter/kernels/tslab', import.meta.url));
  const { argv } = JSON.parse(readFileSync(path.join(folder, 'kernel.json'), 'utf8')) as { argv: string[] };
  expect(existsSync(argv[1].replace('{resource_dir}', folder))).toBe(true);
});
