/** What the writers make of factors, beside what round trips and PEFT itself show. */
import { describe, expect, test } from 'vitest';
import type { StoredMatrix } from '../../../src/adapters/files/stored.ts';
import { loraType, writeFactors } from '../../../src/adapters/files/types/lora.ts';
import type { WriteContext } from '../../../src/adapters/files/types/writing.ts';
import type { LowRankFactors } from '../../../src/adapters/lowRankFactors.ts';
import { stream } from '../../../src/tensor/random.ts';

const context: WriteContext = {
  steps: null,
  form: (site, role, shape) => loraType.tensors[role]!(site, shape, { kind: 'linear', stored: [] }),
  endings: (of) => [...of],
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
    upBias: null,
    magnitude: null,
    ...changes,
  };
}

function written(...all: LowRankFactors[]): { configuration: object; tensors: Record<string, StoredMatrix> } {
  const norms = (site: string): Float32Array => new Float32Array([site.length, 7]);
  const { configuration, tensors } = writeFactors(all, norms, 0.1, context);
  return { configuration, tensors: Object.fromEntries(tensors) };
}

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
    expect(configuration).toMatchObject({ use_dora: true, lora_dropout: 0.1 });
    expect(tensors['l.0.q.lora_magnitude_vector']!.data).toEqual(new Float32Array([5, 6]));
    expect(tensors['l.0.v.lora_magnitude_vector']!.data).toEqual(new Float32Array([5, 7]));
    expect(Object.keys(written(factors('l.0.q')).tensors)).toHaveLength(2);
  });

  test('ranks by site', () => {
    const { configuration, tensors } = written(factors('l.0.q', { rank: 1 }), factors('l.0.v'), factors('l.0.up'));
    expect(configuration).toMatchObject({ r: 4, rank_pattern: { q: 1 }, lora_alpha: 8, alpha_pattern: {} });
    expect(tensors['l.0.q.lora_A.weight']!.shape).toEqual([1, 3]);
    expect(tensors['l.0.v.lora_B.weight']!.shape).toEqual([2, 4]);
  });

  test('a site without a bias of B beside one with it gets zeros', () => {
    const { configuration, tensors } = written(
      factors('l.0.q', { upBias: new Float32Array([5, 6]) }),
      factors('l.0.v'),
    );
    expect(configuration).toMatchObject({ lora_bias: true, use_dora: false });
    expect(tensors['l.0.q.lora_B.bias']!.data).toEqual(new Float32Array([5, 6]));
    expect(tensors['l.0.v.lora_B.bias']!.data).toEqual(new Float32Array(2));
  });
});
