import { describe, expect, test } from 'vitest';
import { modulesOf, shortestEndings } from '../../../src/adapters/files/endings.ts';
import { patterned } from '../../../src/adapters/files/types/patterned.ts';
import { keyMatches } from '../../../src/adapters/pattern.ts';
import { architectureOf } from '../../../src/families/index.ts';
import { sitesOf } from '../../../src/families/sites.ts';
import { gpt2Config, llamaConfig } from '../smallModel.ts';

const modules = (config: object): string[] => modulesOf(sitesOf(architectureOf(config)));

describe('the shortest list of endings', () => {
  const llama = modules(llamaConfig);
  const gpt2 = modules(gpt2Config);
  const ending = (all: readonly string[], ...words: string[]): string[] =>
    all.filter((name) => words.some((word) => name.endsWith(`.${word}`)));

  test.each([
    ['one kind', llama, ['q_proj'], ['q_proj']],
    ['two kinds', llama, ['v_proj', 'down_proj'], ['down_proj', 'v_proj']],
    ['one of two kinds of the same last word', gpt2, ['mlp.c_proj'], ['mlp.c_proj']],
    ['both of them', gpt2, ['c_proj'], ['c_proj']],
    ['one layer: no ending begins with its number', llama, ['1.self_attn.q_proj'], ['layers.1.self_attn.q_proj']],
    ['an embedding', gpt2, ['wte'], ['wte']],
  ])('%s', (_what, all, words, expected) => {
    const chosen = ending(all, ...words);
    expect(shortestEndings(chosen, all)).toEqual(expected);
    const matched = all.filter((name) => expected.some((word) => name === word || name.endsWith(`.${word}`)));
    expect(matched.sort()).toEqual(chosen.sort());
  });

  test('a module is not taken for one whose name ends like it', () => {
    const all = ['a.q', 'b.q', 'q', 'a.b.q'];
    expect(shortestEndings(['a.q', 'q'], all)).toEqual(['a.q', 'q']); // 'q' alone would take all of them
    expect(shortestEndings(all, all)).toEqual(['q']);
  });

  test('modules are what PEFT sees: containers and norms as well, tensors not', () => {
    expect(gpt2).toEqual(
      expect.arrayContaining(['transformer', 'transformer.h.0.ln_1', 'transformer.h.0.attn.c_attn']),
    );
    expect(gpt2.filter((name) => /weight|bias/.test(name))).toEqual([]);
  });
});

describe('patterns', () => {
  const at = (values: Record<string, number>): { name: string; value: number }[] =>
    Object.entries(values).map(([name, value]) => ({ name, value }));

  test('the most frequent value is the rule, a key for each group of others', () => {
    const values = at({ 'l.0.q': 4, 'l.0.v': 8, 'l.1.q': 4, 'l.1.v': 2, 'l.2.q': 4, 'l.2.v': 8 });
    expect(patterned(values)).toEqual({ usual: 4, pattern: { 'l.0.v': 8, 'l.2.v': 8, 'l.1.v': 2 } });
    expect(patterned(at({ 'l.0.q': 4, 'l.1.q': 4, 'l.0.v': 8, 'l.1.v': 8, 'l.2.q': 4 }))).toEqual({
      usual: 4,
      pattern: { v: 8 },
    });
  });

  test('dots match dots alone where a key could be taken for another site', () => {
    const { usual, pattern } = patterned(at({ 'x.a.q': 2, 'x.a_q': 4, 'y.a_q': 4 }));
    expect(usual).toBe(4);
    const [key] = Object.keys(pattern);
    expect([keyMatches(key!, 'x.a.q'), keyMatches(key!, 'x.a_q')]).toEqual([true, false]);
  });
});
