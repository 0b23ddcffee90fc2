/** Biases and whole modules that train beside a method. */
import { beforeAll, describe, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { onTargets } from '../../src/adapters/placement.ts';
import { isTarget, type Targets } from '../../src/adapters/targets.ts';
import type { Method } from '../../src/adapters/types.ts';
import { dense } from '../../src/adapters/update/dense.ts';
import { isInWhole, wholeSites } from '../../src/adapters/wholeSites.ts';
import { RequestError } from '../../src/errors.ts';
import { architectureOf } from '../../src/families/index.ts';
import { sitesOf } from '../../src/families/sites.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { gpt2Config, llamaConfig } from './smallModel.ts';

beforeAll(() => startEngine());

const gpt2 = sitesOf(architectureOf(gpt2Config));
const llama = sitesOf(architectureOf(llamaConfig));
const inFirstLayer = (names: readonly string[]): string[] =>
  names.filter((name) => name.includes('.0.')).map((name) => name.replace(/^.*?\.0\./, ''));

describe('biases', () => {
  test('none unless asked for', () => {
    expect(wholeSites(gpt2, { targets: ['c_attn'] })).toEqual([]);
    expect(wholeSites(gpt2, { targets: ['c_attn'], biases: 'none' })).toEqual([]);
  });

  test('all: those of norms too', () => {
    const all = wholeSites(gpt2, { targets: ['c_attn'], biases: 'all' });
    expect(inFirstLayer(all).toSorted()).toEqual([
      'attn.c_attn.bias',
      'attn.c_proj.bias',
      'ln_1.bias',
      'ln_2.bias',
      'mlp.c_fc.bias',
      'mlp.c_proj.bias',
    ]);
    expect(all).toContain('transformer.ln_f.bias');
  });

  test('adapted: of the sites that the method is on, or on a part of which', () => {
    expect(inFirstLayer(wholeSites(gpt2, { targets: ['c_attn', 'mlp.c_proj'], biases: 'adapted' }))).toEqual([
      'attn.c_attn.bias',
      'mlp.c_proj.bias',
    ]);
    const parts = { targets: ['c_attn:query'], biases: 'adapted' } as const;
    const withPart = [
      ...gpt2,
      { ...gpt2.find(({ name }) => name.endsWith('0.attn.c_attn'))!, name: 'transformer.h.0.attn.c_attn:query' },
    ];
    expect(wholeSites(withPart, parts)).toEqual(['transformer.h.0.attn.c_attn.bias']);
    expect(wholeSites(llama, { targets: ['q_proj'], biases: 'adapted' })).toEqual([]);
  });
});

test('BitFit is on vectors alone, on the biases among them', () => {
  const { sites, targets } = dense({ only: 'biases' });
  expect(sites).toEqual(['vector']);
  expect(gpt2.filter((site) => isTarget(site, { targets: targets! })).map(({ name }) => name)).toEqual(
    gpt2.filter(({ name }) => name.endsWith('.bias')).map(({ name }) => name),
  );
});

describe('whole modules', () => {
  test('are found by how the name of the module, or of one around it, ends; as in PEFT without a dot before it', () => {
    const site = (name: string, kind: 'linear' | 'vector' = 'linear') => ({ name, kind });
    expect(isInWhole(site('lm_head'), ['head'])).toBe(true);
    expect(isInWhole(site('classifier.dense'), ['classifier'])).toBe(true);
    expect(isInWhole(site('classifier.dense.bias', 'vector'), ['classifier'])).toBe(true);
    expect(isInWhole(site('model.layers.0.input_layernorm.weight', 'vector'), ['norm'])).toBe(true);
    expect(isInWhole(site('model.layers.0.mlp.up_proj'), ['norm', 'proj.weight', 'up'])).toBe(false);
    expect(wholeSites(llama, { targets: ['q_proj'], whole: ['lm_head', 'model.norm'] })).toEqual([
      'model.norm.weight',
      'lm_head',
    ]);
  });

  test('never get the method, which only the module of that very name, and what is in it, is kept from', () => {
    const targets: Targets = { targets: ['q_proj', 'up_proj'], whole: ['mlp', 'proj_'] };
    const of = (name: string): boolean => isTarget({ name, kind: 'linear', isHead: false }, targets);
    expect(of('model.layers.0.mlp.up_proj')).toBe(false);
    expect(of('model.layers.0.xmlp.up_proj')).toBe(true);
    expect(of('model.layers.0.self_attn.q_proj')).toBe(true);
  });
});

test('what trains as it is gets the dense update with the same groups, and nothing else of the method', () => {
  const method = methodOf({ ...dora({ rank: 2, dropout: 0.2 }), control: adalora({ rank: 2 }).control });
  const methodFor = onTargets(method, gpt2, { targets: ['c_attn'], biases: 'adapted', whole: ['wpe'] });
  const at = (name: string): Method | null => methodFor(name, 'linear', false);
  expect(at('transformer.h.0.attn.c_attn')).toBe(method);
  expect(at('transformer.h.0.mlp.c_fc')).toBeNull();
  expect(at('transformer.h.0.mlp.c_fc.bias')).toBeNull();
  for (const name of ['transformer.h.0.attn.c_attn.bias', 'transformer.wpe']) {
    const { update, rescale, control, groups, dropout } = at(name)!;
    expect([update.spec, rescale.spec, control.spec, dropout]).toEqual([
      { type: 'dense' },
      { type: 'none' },
      { type: 'none' },
      0,
    ]);
    expect(groups).toBe(method.groups);
  }
});

test.each<[Partial<Targets>, RegExp]>([
  [{ biases: 'some' as never }, /'none', 'all' or 'adapted', not "some"/],
  [{ whole: 'lm_head' as never }, /a list of names of modules/],
  [{ whole: [''] }, /a list of names of modules/],
  [{ whole: ['score', 'classifier'] }, /no module of the model ends in score or classifier/],
  [{ whole: ['attn'] }, /all that they match is excluded/],
])('%j is refused', (given, message) => {
  const make = (): unknown => onTargets(methodOf({}), gpt2, { targets: ['c_attn'], ...given });
  expect(make).toThrow(RequestError);
  expect(make).toThrow(message);
});
