/** Counts that are published or follow by arithmetic, from a config alone. */
import { describe, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { numbersIn } from '../../src/adapters/outline.ts';
import { isTarget } from '../../src/adapters/targets.ts';
import type { Place, Recipe } from '../../src/adapters/types.ts';
import { architectureOf } from '../../src/families/index.ts';
import { sitesOf } from '../../src/families/sites.ts';

const gpt2Small = { model_type: 'gpt2', vocab_size: 50257, n_embd: 768, n_layer: 12, n_head: 12, n_positions: 1024 };
const sites = sitesOf(architectureOf(gpt2Small));

function trained(recipe: Recipe, places: readonly Place[]): number {
  const { update, rescale } = methodOf(recipe);
  return places.reduce(
    (sum, place) => sum + numbersIn(update.outline(place).trained) + numbersIn(rescale.outline(place).trained),
    0,
  );
}

describe('GPT-2 small, LoRA of rank 8 on c_attn, as PEFT prints it', () => {
  const places = sites.filter((site) => isTarget(site, { targets: ['c_attn'] }));
  const base = sites.reduce((sum, { shape: [inputs, outputs] }) => sum + inputs * outputs, 0);

  test('trainable params: 294,912 || all params: 124,734,720 || trainable%: 0.2364', () => {
    const count = trained(lora({ rank: 8 }), places);
    expect(count).toBe(294_912);
    expect(base + count).toBe(124_734_720);
    expect((100 * count) / (base + count)).toBeCloseTo(0.2364, 4);
  });

  test('DoRA adds one number an output, AdaLoRA one a unit of rank', () => {
    expect(trained(dora({ rank: 8 }), places)).toBe(294_912 + 12 * 2304);
    expect(trained(adalora({ rank: 8 }), places)).toBe(294_912 + 12 * 8);
  });

  test('parts of it: query and value of rank 8 each', () => {
    const parts = places.flatMap((site) =>
      ['query', 'value'].map((part): Place => ({ ...site, name: `${site.name}:${part}`, shape: [768, 768] })),
    );
    expect(trained(lora({ rank: 8 }), parts)).toBe(12 * 2 * 2 * 8 * 768);
  });
});

test('RoBERTa-base: rank 8 on query and value, 12 layers of width 768', () => {
  const places = Array.from({ length: 24 }, (_, i): Place => ({
    name: `layer.${i >> 1}.${i % 2 ? 'value' : 'query'}`,
    kind: 'linear',
    shape: [768, 768],
  }));
  expect(trained(lora({ rank: 8 }), places)).toBe(294_912);
});
