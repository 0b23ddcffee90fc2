import { expect, test } from 'vitest';
import { checkpointNames, peftNames } from '../../../src/adapters/files/tensorNames.ts';
import { architectureOf } from '../../../src/families/index.ts';
import { sitesOf } from '../../../src/families/sites.ts';

test("GPT-NeoX's output layer is lm_head in files of PEFT and embed_out in checkpoints", () => {
  const config = {
    model_type: 'gpt_neox',
    rotary_pct: 0.5,
    hidden_size: 8,
    num_attention_heads: 2,
    num_hidden_layers: 1,
    vocab_size: 11,
  };
  const sites = sitesOf(architectureOf({ ...config, intermediate_size: 12 })).map((site) => ({
    ...site,
    isTurned: true,
  }));
  const key = (names: ReturnType<typeof checkpointNames>): string => names.of('lm_head', 'dense', [8, 11])!.key;
  expect(key(checkpointNames(sites))).toBe('embed_out.weight');
  const saved = peftNames(sites, 'LORA', { targets: ['query_key_value'] });
  expect(key(saved)).toBe('base_model.model.lm_head.weight');
  const adapted = peftNames(sites, 'LORA', { targets: ['lm_head'] });
  expect(adapted.tensorOf('base_model.model.lm_head.base_layer.weight')).toBe('embed_out.weight');
});
