import { readFileSync } from 'node:fs';
import path from 'node:path';
import prettier from 'prettier';
import { expect, it } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { jsonText } from '../../src/results/jsonText.ts';
import { parseRecord } from '../../src/results/parse.ts';
import { recordJsonSchema, runRecord } from '../../src/results/record.ts';
import { measured } from '../../src/results/record/measured.ts';
import { recordText } from '../../src/results/recordText.ts';
import { synthetic } from './synthetic.ts';

const { records } = synthetic({ seeds: 1 });
const finished = records.find(({ status }) => status === 'finished')!;
const diverged = records.find(({ status }) => status === 'diverged')!;

/** A copy of a finished record with one field changed; a dot separates the names on the way to it. */
function changed(at: string, value: unknown): string {
  const copy = JSON.parse(JSON.stringify(finished)) as Record<string, any>;
  const names = at.split('.');
  const last = names.pop()!;
  names.reduce<Record<string, any>>((object, name) => object[name], copy)[last] = value;
  return JSON.stringify(copy);
}

it('the published schema is the one in use (write it anew with `npx vitest run test/results/record.test.ts -u`)', async () => {
  const file = path.resolve('docs/run-record.schema.json');
  const style = await prettier.resolveConfig(file);
  const text = await prettier.format(JSON.stringify(recordJsonSchema()), { ...style, parser: 'json' });
  await expect(text).toMatchFileSnapshot(file);
  expect(readFileSync(file, 'utf8')).toContain('nats per predicted token');
});

it('a record survives its file, in which a field is a line', () => {
  for (const record of records) {
    expect(parseRecord(recordText(record), 'a.json')).toEqual(record);
    expect(recordText(record).split('\n')).toHaveLength(Object.keys(JSON.parse(JSON.stringify(record))).length + 3);
  }
});

it('columns and what fits stand on one line each, and text stays as it is', () => {
  const value = {
    a: [1, null, 2.5],
    empty: [],
    words: ['two  spaces', 'one, two'],
    rows: [[1, 2], [3]],
    text: ['a [  b ]', '{"c": [\n]}', ' ]'],
    none: undefined,
    long: Array.from({ length: 99 }, (_, i) => i),
    nested: [{ name: 'one', of: {} }, Array.from({ length: 60 }, () => ({ a: 1 }))],
  };
  const text = jsonText(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toContain('"a": [1,null,2.5]');
  expect(text).toContain('\n "rows": [[1,2],[3]],\n');
  expect(text).toContain('98],\n');
  expect(text).toContain('\n  {"name":"one","of":{}},\n  [\n   {"a":1},\n');
});

it.each([
  ['history.lossNats', ['low'], /a\.json: history\.lossNats\[0\]: expected number, received string/],
  ['history.lossNats', [1], /history\.lossNats: has 1 values for 60 steps/],
  ['history.gradientNormByRole.up', [], /history\.gradientNormByRole\.up: has 0 values for 60 steps/],
  ['plan.hash', 'xyz', /plan\.hash: expected 8 to 64 hexadecimal digits/],
  ['plan.learningRate', 0, /plan\.learningRate/],
  ['plan.lr', 0.1, /plan: .*"lr"/],
  ['status', 'done', /status/],
  ['final.learn.test.lossNats', null, /final\.learn\.test\.lossNats: expected number, received null/],
  ['final.learn.test.exactMatch', 'all', /final\.learn\.test\.exactMatch/],
  ['derived.bytes.base', 1.5, /derived\.bytes\.base/],
  ['times.startedAt', 'yesterday', /times\.startedAt/],
])('names the file and the field: %s', (field, value, message) => {
  expect(() => parseRecord(changed(field, value), 'a.json')).toThrow(message);
  expect(() => parseRecord(changed(field, value), 'a.json')).toThrow(RequestError);
});

it('names a schema that it does not know', () => {
  expect(() => parseRecord(changed('schema', 'adapterlab/run/9'), 'a.json')).toThrow(
    /a\.json: its schema is "adapterlab\/run\/9", but this version of adapterlab reads "adapterlab\/run\/1"/,
  );
  expect(() => parseRecord('{}', 'a.json')).toThrow('its schema is missing');
});

it.each(['', '{"schema": "adapterl', '[]', 'null', '3'])('refuses what is no record: %s', (text) => {
  expect(() => parseRecord(text, 'a.json')).toThrow(/^a\.json: not /);
});

it('the ranks of an allocator are a table', () => {
  const record = records.find(({ ranks }) => ranks)!;
  const broken = { ...record, ranks: { ...record.ranks!, active: record.ranks!.active.map((row) => row.slice(1)) } };
  expect(() => parseRecord(JSON.stringify(broken), 'a.json')).toThrow(
    /ranks\.active: expected one rank for each of the 10/,
  );
});

it('a diverged run keeps null for what is no number, and a finished one may not', () => {
  expect(diverged.history.lossNats).toContain(null);
  const scores = {
    learn: { validation: { lossNats: null }, test: { lossNats: null } },
    retain: { test: { lossNats: null } },
  };
  expect(runRecord.safeParse({ ...diverged, final: scores }).success).toBe(true);
  expect(runRecord.safeParse({ ...finished, final: scores }).success).toBe(false);
  expect([measured(NaN), measured(-Infinity), measured(0)]).toEqual([null, null, 0]);
  const single = Math.fround(0.1234567891);
  expect(Math.fround(measured(single)!)).toBe(single);
  expect(String(measured(single))).toHaveLength('0.123456789'.length);
});
