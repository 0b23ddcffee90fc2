import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { bench, type BenchOptions } from '../../src/bench/bench.ts';
import { benchFolder, withOthers } from '../../src/bench/folder.ts';
import type { BenchRecord } from '../../src/bench/record.ts';
import type { Row } from '../../src/bench/row.ts';
import { RequestError } from '../../src/errors.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { fakeRow, fakeWorker, tinyStep } from './fakeRow.ts';

const options = (changed: Partial<BenchOptions> = {}): BenchOptions => ({
  ours: fakeWorker,
  peer: fakeWorker,
  quick: true,
  threads: 1,
  signal: new AbortController().signal,
  onRow: () => {},
  onRound: () => {},
  onMeasured: () => {},
  ...changed,
});

const merges: Row['sides'] = () => [{ name: 'ours', by: 'us', job: { ...tinyStep, work: 'merge' } }];

it('a measurement that fails is a row that says why; the others go on', async () => {
  vi.stubEnv('FAKE_FAILS', 'merge');
  const heard: string[] = [];
  const rows = [fakeRow({ name: 'one' }), fakeRow({ name: 'two', sides: merges }), fakeRow({ name: 'three' })];
  const record = await bench(rows, options({ onMeasured: (so) => heard.push(so.rows.map(({ name }) => name).join()) }));
  vi.unstubAllEnvs();
  expect(record.rows.map(({ name, ours, error }) => [name, ours, error])).toEqual([
    ['one', 2, null],
    ['two', null, 'no merge here'],
    ['three', 2, null],
  ]);
  expect(record.rows[1]!.figures.every(({ reached }) => reached === null)).toBe(true);
  expect(heard).toEqual(['one', 'one,two', 'one,two,three']);
  expect(record.peer).toMatchObject({ engine: 'fake' });
});

it('a row that cannot be measured here is skipped, with the reason', async () => {
  const { rows } = await bench([fakeRow({ obstacle: () => 'the model is not there' })], options());
  expect(rows[0]).toMatchObject({ ours: null, error: null, skipped: 'the model is not there' });
});

it('without a peer the rest is measured', async () => {
  const { rows, peer } = await bench([fakeRow()], options({ peer: null }));
  expect(peer).toBeNull();
  expect(rows[0]).toMatchObject({ ours: 2, peer: null, ratio: null, error: null });
});

it('a side that needs what the peer has not is left out', async () => {
  const sides: Row['sides'] = () =>
    fakeRow()
      .sides('')
      .map((side) => ({ ...side, needs: 'bitsandbytes' }));
  const { rows } = await bench([fakeRow({ sides }), fakeRow({ name: 'other' })], options());
  expect(rows.map(({ peer, error }) => [peer, error])).toEqual([
    [null, null],
    [2, null],
  ]);
});

it('a peer that cannot do its part is refused before anything is measured', async () => {
  const onRow = vi.fn();
  const missing = { program: '/there/is/no/python', words: [] };
  await expect(bench([fakeRow()], options({ peer: missing, onRow }))).rejects.toThrow(RequestError);
  await expect(bench([fakeRow()], options({ peer: missing }))).rejects.toThrow(
    /the peer '\/there\/is\/no\/python' cannot do its part: .*ENOENT[^]*torch, transformers, peft/,
  );
  expect(onRow).not.toHaveBeenCalled();
});

it('stops between and within rows, and keeps what is measured', async () => {
  const stop = new AbortController();
  const rows = [fakeRow({ name: 'one' }), fakeRow({ name: 'two' })];
  const record = await bench(
    rows,
    options({ signal: stop.signal, onRound: (row) => row.name === 'two' && stop.abort(new Error('stopped')) }),
  );
  expect(record.rows.map(({ name }) => name)).toEqual(['one']);
});

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
const read = (name: string): string => readFileSync(path.join(folder, 'bench', name), 'utf8');

it('what is written is what the published schema says, and can be read in a table, a CSV and a chart', async () => {
  const record = await bench([fakeRow({ showsPeak: true }), fakeRow({ name: 'off', obstacle: () => 'no' })], options());
  const written = benchFolder(folder, ['fake', 'off']);
  expect(written.write(record)).toEqual(record);
  await written.draw(record);
  const schema = z.fromJSONSchema(JSON.parse(readFileSync('docs/bench.schema.json', 'utf8')));
  expect(schema.parse(JSON.parse(read('bench.json')))).toEqual(record);
  expect(() => schema.parse({ ...record, rows: [{ ...record.rows[0], ours: 'fast' }] })).toThrow();
  expect(read('bench.md')).toContain('| fake | 2.00 ms (2.00 to 2.00) | 2.00 ms (2.00 to 2.00) | 1.00 | fake | 1 |');
  expect(read('bench.md')).toMatch(/time \/ peer: 1\.00 \(at most 0\.500, if possible 0\.250\): missed/);
  expect(read('bench.md')).toContain('| off | skipped |');
  expect(read('bench.csv').split('\n')).toHaveLength(4);
  expect(read('ratios.svg')).toMatch(/^<svg /);
  expect(read('ratios.vl.json')).toContain('fake / our other');
});

it('rows measured before under the same conditions stay, in the order of the table; others go into a file of their own', async () => {
  const order = ['a', 'b', 'c'];
  const of = (rows: readonly Row[]): Promise<BenchRecord> => bench(rows, options());
  const first = await of([fakeRow({ name: 'c' }), fakeRow({ name: 'a' })]);
  benchFolder(folder, order).write(first);
  const again = benchFolder(folder, order).write(await of([fakeRow({ name: 'b' })]));
  expect(again.rows.map(({ name }) => name)).toEqual(order);
  expect(JSON.parse(read('bench.json'))).toEqual(again);
  const elsewhere = { ...again, machine: { ...again.machine, cpu: 'another' } };
  expect(withOthers(elsewhere, first, order)).toBe(elsewhere);
  benchFolder(folder, order).write({ ...elsewhere, rows: [] });
  expect(JSON.parse(read('bench.json'))).toMatchObject({ rows: [] });
  expect(JSON.parse(read('bench.previous.json'))).toEqual(again);
});
