import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CaseResult } from '../../src/parity/caseResult.ts';
import { findCases } from '../../src/parity/findCases.ts';
import { parity } from '../../src/parity/parity.ts';
import { activeEngine, startEngine } from '../../src/tensor/engine.ts';
import { describeWithShared, shared } from '../shared.ts';

type Json = { [name: string]: unknown };

describeWithShared('tokenizers', () => {
  let folder: string;
  beforeAll(() => startEngine());
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const checked = (path: string): CaseResult => parity([path], activeEngine().engine).cases[0];
  /** The shared case that has what is asked for, copied, so that it can be spoilt. */
  const copyWith = (key: string): void => {
    const found = findCases(shared('fixtures/tokenizers')).find(
      ({ path: at }) => key in (read(at, 'expected.json') as Json),
    );
    cpSync(found!.path, folder, { recursive: true });
  };
  const read = (at: string, file: string): unknown => JSON.parse(readFileSync(path.join(at, file), 'utf8'));
  const edit = (file: string, change: (json: Json) => void): void => {
    const json = read(folder, file) as Json;
    change(json);
    writeFileSync(path.join(folder, file), JSON.stringify(json));
  };
  const beyond = (): string[] =>
    Object.entries(checked(folder).deviations).flatMap(([what, { value }]) => (value > 0 ? [what] : []));

  test.each(findCases(shared('fixtures/tokenizers')).map(({ name, path: at }) => [name, at]))('%s', (_name, at) => {
    const { status, reason, deviations } = checked(at);
    expect({ status, reason }).toEqual({ status: 'passed' });
    expect(Object.keys(deviations)).toEqual(
      expect.arrayContaining([
        'vocabulary',
        'ids',
        'idsNoSpecial',
        'tokens',
        'decoded',
        'decodedSkipSpecial',
        'pairIds',
      ]),
    );
  });

  test('fail in what differs, and say how', () => {
    copyWith('chats');
    edit('expected.json', (json) => {
      const [a, b, c, d] = json.cases as { [field: string]: unknown }[];
      a.ids_no_special = [3];
      b.tokens = ['x'];
      c.decoded = 'x';
      d.decoded_skip_special = 'x';
      const [e, f] = json.pairs as { ids: number[]; type_ids: number[] }[];
      e.ids.pop();
      f.type_ids[0] = 7;
      const [g, h] = json.chats as { text: string; ids: number[]; add_generation_prompt: boolean }[];
      g.ids.pop();
      h.add_generation_prompt = !h.add_generation_prompt;
      json.vocab_size = 5;
    });
    const everything = ['vocabulary', 'idsNoSpecial', 'tokens', 'decoded', 'decodedSkipSpecial'];
    expect(beyond()).toEqual([...everything, 'pairIds', 'pairTypeIds', 'chatText', 'chatIds']);
    expect(checked(folder).deviations.tokens).toEqual({ value: 1, tolerance: 0 });
    expect(checked(folder).reason).toMatch(/tokens .* instead of \["x"\]/);
  });

  test.each([
    ['the start of a text', (json: Json) => (json.post_processor = null), 'ids'],
    ['the decoder', (json: Json) => (json.decoder = null), 'decoded'],
    ['a merge', (json: Json) => (json.model as { merges: unknown[] }).merges.splice(0, 40), 'tokens'],
  ])('notice a tokenizer that lost %s', (_what, change, deviation) => {
    cpSync(shared('fixtures/tokenizers/llama-bpe'), folder, { recursive: true });
    edit('tokenizer.json', change);
    expect(beyond()).toContain(deviation);
  });

  test.each([
    ['without tokenizer.json', () => rmSync(path.join(folder, 'tokenizer.json')), /no tokenizer\.json/],
    [
      'with tokenizer.json cut off',
      () => truncateSync(path.join(folder, 'tokenizer.json'), 500),
      /tokenizer\.json: not JSON/,
    ],
    [
      'with an unknown model',
      () => edit('tokenizer.json', (json) => (json.model = { type: 'Magic' })),
      /its model is a Magic/,
    ],
    [
      'without its template',
      () => edit('tokenizer_config.json', (json) => delete json.chat_template),
      /no chat template/,
    ],
    [
      'with a broken template',
      () => edit('tokenizer_config.json', (json) => (json.chat_template = '{% if')),
      /chat template cannot/,
    ],
    ['with ids that are none', () => edit('expected.json', (json) => ((json.cases as Json[])[0].ids = ['a'])), /ids/],
    ['without a text', () => edit('expected.json', (json) => (json.cases = [])), /cases/],
  ])('fail %s', (_what, change, reason) => {
    copyWith('chats');
    change();
    expect(checked(folder)).toMatchObject({ status: 'failed', deviations: {}, reason: expect.stringMatching(reason) });
  });
});
