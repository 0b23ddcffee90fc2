/** What the writers make of factors, beside what round trips and PEFT itself show. */
import { describe, expect, test } from 'vitest';
import { writeLora } from '../../../src/adapters/files/peft/lora.ts';
import type { BaseFacts } from '../../../src/adapters/files/peft/writing.ts';
import type { LowRankFactors } from '../../../src/adapters/lowRankFactors.ts';
import { stream } from '../../../src/tensor/random.ts';

const base: BaseFacts = {
  name: 'base',
  taskType: 'CAUSAL_LM',
  sites: ['l.0.q', 'l.0.v', 'l.0.up'].map((name) => ({ name, kind: 'linear' })),
  isInOut: () => false,
  table: () => ({ shape: [0], data: new Float32Array() }),
};

function factors(name: string, changes: Partial<LowRankFactors> = {}): LowRankFactors {
  const [rank, inputs, outputs] = [changes.rank ?? 4, 3, 2];
  const fill = (size: number): Float32Array => stream(1, name).fillNormal(new Float32Array(size), 1);
  return {
    name,
    kind: 'linear',
    shape: [inputs, outputs],
    rank,
    alpha: 8,
    scaling: 'rank',
    down: fill(inputs * rank),
    up: fill(rank * outputs),
    magnitude: null,
    ...changes,
  };
}

const written = (...all: LowRankFactors[]): ReturnType<typeof writeLora> =>
  writeLora({ factors: all, norms: (site) => new Float32Array([site.length, 7]), dropout: 0.1 }, base);

describe('LORA', () => {
  test("rsLoRA's scale where all sites have it; beside others α takes the root of the rank", () => {
    const rs = { scaling: 'sqrtRank' } as const;
    expect(written(factors('l.0.q', rs), factors('l.0.v', rs)).configuration).toMatchObject({
      use_rslora: true,
      lora_alpha: 8,
      alpha_pattern: {},
    });
    expect(written(factors('l.0.q', rs), factors('l.0.v')).configuration).toMatchObject({
      use_rslora: false,
      lora_alpha: 16, // 8 · √4 at q, the larger of two equally frequent ones
      alpha_pattern: { v: 8 },
    });
  });

  test('a site without magnitude beside one with it gets its own norms', () => {
    const { configuration, tensors } = written(
      factors('l.0.q', { magnitude: new Float32Array([5, 6]) }),
      factors('l.0.v'),
    );
    expect(configuration).toMatchObject({ use_dora: true, lora_dropout: 0.1, target_modules: ['q', 'v'] });
    expect(tensors['base_model.model.l.0.q.lora_magnitude_vector']!.data).toEqual(new Float32Array([5, 6]));
    expect(tensors['base_model.model.l.0.v.lora_magnitude_vector']!.data).toEqual(new Float32Array([5, 7]));
    expect(Object.keys(written(factors('l.0.q')).tensors)).toHaveLength(2);
  });

  test('ranks by site', () => {
    const { configuration, tensors } = written(factors('l.0.q', { rank: 1 }), factors('l.0.v'), factors('l.0.up'));
    expect(configuration).toMatchObject({ r: 4, rank_pattern: { q: 1 }, lora_alpha: 8, alpha_pattern: {} });
    expect(tensors['base_model.model.l.0.q.lora_A.weight']!.shape).toEqual([1, 3]);
    expect(tensors['base_model.model.l.0.v.lora_B.weight']!.shape).toEqual([2, 4]);
  });
});
