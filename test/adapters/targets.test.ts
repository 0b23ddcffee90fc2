/** PEFT's grammar of targets, and which methods go where. */
import { describe, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { methodByName } from '../../src/adapters/methods/index.ts';
import { choose } from '../../src/adapters/placement.ts';
import { isTarget, type Targets, targetSites } from '../../src/adapters/targets.ts';
import { RequestError } from '../../src/errors.ts';
import { architectureOf } from '../../src/families/index.ts';
import { type SiteInfo, sitesOf } from '../../src/families/sites.ts';
import { tinyGpt2, tinyLlama } from '../tinyLlama.ts';

const sites = sitesOf(architectureOf(tinyLlama({ num_hidden_layers: 12 }).config));
const found = (given: Targets, among: readonly SiteInfo[] = sites): string[] => targetSites(among, given);
const layersOf = (names: readonly string[]): number[] => [
  ...new Set(names.map((name) => Number(/\.(\d+)\./.exec(name)![1]))),
];

describe('a list', () => {
  test('takes what equals an entry or ends in a dot and the entry', () => {
    expect(found({ targets: ['q_proj'] })).toHaveLength(12);
    expect(found({ targets: ['q_proj', 'v_proj'] })).toHaveLength(24);
    expect(found({ targets: ['model.layers.3.self_attn.q_proj'] })).toEqual(['model.layers.3.self_attn.q_proj']);
    expect(found({ targets: ['3.self_attn.q_proj'] })).toEqual(['model.layers.3.self_attn.q_proj']);
    expect(found({ targets: ['lm_head'] })).toEqual(['lm_head']);
    expect(found({ targets: ['embed_tokens'] })).toEqual(['model.embed_tokens']);
  });

  test('does not take a part of a word, nor a prefix, nor a regular expression', () => {
    for (const target of ['proj', '_proj', 'self_attn', '.*q_proj'])
      expect(() => found({ targets: [target] })).toThrow();
  });
});

describe('a text', () => {
  test('is a regular expression of the whole name', () => {
    expect(found({ targets: '.*\\.(q|v)_proj' })).toHaveLength(24);
    expect(found({ targets: 'model\\.layers\\.1\\.mlp\\..*' })).toHaveLength(3);
    expect(() => found({ targets: 'q_proj' })).toThrow();
    expect(() => found({ targets: 'model\\.layers\\.1' })).toThrow();
    expect(found({ targets: 'model.norm.weight|lm_head' })).toEqual(['model.norm.weight', 'lm_head']);
  });

  test('that is none is a RequestError that quotes it', () => {
    expect(() => found({ targets: '(' })).toThrow(RequestError);
    expect(() => found({ targets: '(' })).toThrow(/the target '\(' is not a regular expression/);
  });

  test("'all-linear' is every linear map but the head; 'all' is everything", () => {
    const all = found({ targets: 'all-linear' });
    expect(all).toHaveLength(12 * 7);
    expect(all).not.toContain('lm_head');
    expect(found({ targets: 'all' })).toHaveLength(sites.length);
  });
});

describe('exclude', () => {
  test('is asked first, in the same grammar', () => {
    expect(found({ targets: 'all-linear', exclude: ['down_proj'] })).toHaveLength(12 * 6);
    expect(found({ targets: ['q_proj'], exclude: 'model\\.layers\\.\\d\\..*' })).toHaveLength(2);
    expect(() => found({ targets: ['q_proj'], exclude: 'all-linear' })).toThrow(/no part of the model/);
  });
});

describe('layers', () => {
  test('keep one number or several', () => {
    expect(layersOf(found({ targets: ['q_proj', 'v_proj'], layers: [1, 11] }))).toEqual([1, 11]);
    expect(found({ targets: ['q_proj'], layers: 1 })).toEqual(['model.layers.1.self_attn.q_proj']);
    expect(layersOf(found({ targets: ['q_proj'], layers: [2], layersPattern: 'layers' }))).toEqual([2]);
    expect(() => found({ targets: ['q_proj'], layers: [2], layersPattern: 'blocks' })).toThrow(/no part/);
  });

  test('are all of them when the list is empty, in any list of layers when the pattern is', () => {
    expect(found({ targets: ['q_proj'], layers: [] })).toHaveLength(12);
    expect(layersOf(found({ targets: ['q_proj'], layers: [4], layersPattern: [] }))).toEqual([4]);
    expect(layersOf(found({ targets: ['q_proj'], layers: [4], layersPattern: '' }))).toEqual([4]);
  });

  test('are found by a regular expression, which may have groups, from the first list on', () => {
    expect(layersOf(found({ targets: ['q_proj'], layers: [4], layersPattern: '(h|layers)' }))).toEqual([4]);
    expect(() => found({ targets: ['q_proj'], layers: [4], layersPattern: '(' })).toThrow(/layers pattern '\('/);
    const nested = { name: 'layers.2.experts.5.layers.7.up', kind: 'linear', isHead: false } as const;
    for (const layersPattern of [[], 'layers'])
      expect(isTarget(nested, { targets: ['up'], layers: [2], layersPattern })).toBe(layersPattern === 'layers');
    const inside = { ...nested, name: `model.${nested.name}` };
    for (const layersPattern of [[], 'layers'])
      expect(isTarget(inside, { targets: ['up'], layers: [2], layersPattern })).toBe(true);
  });

  test('leave a site alone that is named in full', () => {
    expect(found({ targets: ['model.layers.3.self_attn.q_proj', 'lm_head'], layers: [1] })).toEqual([
      'model.layers.3.self_attn.q_proj',
      'lm_head',
    ]);
  });

  test('go beside a list only', () => {
    expect(() => found({ targets: 'all-linear', layers: [1] })).toThrow(RequestError);
    expect(() => found({ targets: '.*q_proj', layers: [1] })).toThrow(/only beside a list of targets/);
  });
});

test('what matches nothing says what there is', () => {
  const ask = (): string[] => found({ targets: ['query', 'value'] });
  expect(ask).toThrow(RequestError);
  expect(ask).toThrow(/no part of the model matches the targets query, value; its sites end in .*q_proj.*lm_head/);
});

test('the head of a tied network is no site', () => {
  const tied = sitesOf(architectureOf(tinyLlama({ tie_word_embeddings: true }).config));
  expect(() => found({ targets: ['lm_head'] }, tied)).toThrow(/no part of the model/);
});

describe('which method a place gets', () => {
  const method = methodOf(lora({ rank: 2 }));
  const [fused] = sitesOf(architectureOf(tinyGpt2().config)).filter(({ parts }) => parts);

  test('the whole is asked first, then the parts by their names', () => {
    const whole = choose(fused, () => method, fused.parts);
    expect(whole).toEqual({ whole: method, parts: [] });
    const { parts } = choose(fused, (name) => (name.endsWith(':value') ? method : null), fused.parts);
    expect(parts).toEqual([{ name: `${fused.name}:value`, range: [32, 48], method }]);
    expect(choose(fused, () => null, fused.parts)).toEqual({ whole: null, parts: [] });
  });

  test('a method on the wrong kind of site is refused by name and kind', () => {
    const norm = { name: 'model.norm.weight', kind: 'vector', isHead: false } as const;
    expect(() => choose(norm, () => method)).toThrow(RequestError);
    expect(() => choose(norm, () => method)).toThrow(/'lowRank' goes on .* model\.norm\.weight is of the kind vector/);
    expect(choose(norm, () => methodOf(full())).whole).not.toBeNull();
  });
});

test('an unknown method is a RequestError that lists those there are', () => {
  for (const name of ['lorra', 'toString', '__proto__', '']) {
    expect(() => methodByName(name)).toThrow(RequestError);
    expect(() => methodByName(name)).toThrow(/there are adalora, bitfit, dora, full, .*qlora/);
  }
  expect(methodByName('dora')({ rank: 2 }).rescale?.spec.type).toBe('magnitude');
});
