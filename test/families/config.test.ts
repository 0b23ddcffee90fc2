/** What a config.json says, and one clear error for what it cannot say. */
import { describe, expect, test } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { architectureOf } from '../../src/families/index.ts';
import { sitesOf } from '../../src/families/sites.ts';
import { gpt2Config, llamaConfig } from '../adapters/smallModel.ts';

const shapesOf = (config: object): { [name: string]: string } =>
  Object.fromEntries(sitesOf(architectureOf(config)).map(({ name, shape }) => [name, shape.join(' -> ')]));

test('the places of a Llama, with grouped heads whose width is not the share of the whole', () => {
  const shapes = shapesOf({
    ...llamaConfig,
    hidden_size: 10,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 6,
  });
  expect(shapes).toMatchObject({
    'model.embed_tokens': '23 -> 10',
    'model.layers.0.self_attn.q_proj': '10 -> 24',
    'model.layers.0.self_attn.k_proj': '10 -> 12',
    'model.layers.1.self_attn.o_proj': '24 -> 10',
    'model.layers.1.mlp.gate_proj': '10 -> 20',
    'model.layers.1.mlp.down_proj': '20 -> 10',
    'model.norm.weight': '1 -> 10',
    lm_head: '10 -> 23',
  });
  expect(shapes).not.toHaveProperty(['model.layers.0.self_attn.q_proj.bias']);
});

test('the places of a GPT-2', () => {
  const shapes = shapesOf(gpt2Config);
  expect(shapes).toMatchObject({
    'transformer.wte': '23 -> 12',
    'transformer.wpe': '16 -> 12',
    'transformer.h.0.attn.c_attn': '12 -> 36',
    'transformer.h.0.attn.c_attn.bias': '1 -> 36',
    'transformer.h.1.mlp.c_fc': '12 -> 48',
    'transformer.h.1.ln_2.bias': '1 -> 12',
  });
  expect(shapes).not.toHaveProperty('lm_head');
});

describe('a config.json that cannot be', () => {
  const { model_type: _, ...untyped } = llamaConfig as { model_type: string };
  test.each([
    [{ ...llamaConfig, model_type: 'mamba' }, /unknown model_type "mamba"; known are bert, gpt2, gpt_neox, llama/],
    [
      { ...llamaConfig, model_type: 'gpt_neox', intermediate_size: 10, hidden_act: 'gelu' },
      /rotary_pct 0.25 turns 1 of the 4 features of a head, which cannot be taken in pairs/,
    ],
    [untyped, /unknown model_type null; known are/],
    [{ ...llamaConfig, hidden_size: '12' }, /hidden_size should be a number, not "12"/],
    [{ ...llamaConfig, num_hidden_layers: 0 }, /num_hidden_layers should be a whole number of at least 1, not 0/],
    [{ ...llamaConfig, num_hidden_layers: 1e9 }, /num_hidden_layers should be at most 10000, not 1000000000/],
    [{ ...llamaConfig, hidden_size: 1e300 }, /hidden_size should be at most 2147483647, not 1e\+300/],
    [{ ...llamaConfig, rms_norm_eps: -1 }, /rms_norm_eps should be a number above 0, not -1/],
    [{ ...llamaConfig, rope_theta: 0 }, /rope_theta should be a number above 0, not 0/],
    [{ ...llamaConfig, rope_scaling: 'linear' }, /rope_scaling should be an object, not "linear"/],
    [{ ...llamaConfig, vocab_size: 'many' }, /vocab_size should be a number, not "many"/],
    [{ ...llamaConfig, hidden_act: 'maxout' }, /hidden_act should be one of .*"silu", "swish", .*, not "maxout"/],
    [{ ...llamaConfig, rope_scaling: { type: 'linear' } }, /rope_scaling.factor should be a number, not missing/],
    [{ ...llamaConfig, rope_scaling: { type: 'su' } }, /rope_scaling.type should be one of "default", .*, not "su"/],
    [{ ...llamaConfig, tie_word_embeddings: 'no' }, /tie_word_embeddings should be true or false, not "no"/],
    [{ ...llamaConfig, head_dim: 5 }, /head_dim should be a multiple of 2 \(rotary pairs\), not 5/],
    [
      { ...llamaConfig, num_key_value_heads: 2 },
      /num_attention_heads should be a multiple of 2 \(num_key_value_heads\), not 3/,
    ],
    [
      { ...llamaConfig, head_dim: null, hidden_size: 13 },
      /hidden_size should be a multiple of 3 \(num_attention_heads\), not 13/,
    ],
    [{ ...gpt2Config, n_embd: 13 }, /n_embd should be a multiple of 3 \(n_head\), not 13/],
    [{ ...gpt2Config, activation_function: 'maxout' }, /activation_function should be one of .*, not "maxout"/],
    [
      { ...gpt2Config, architectures: ['GPT2ForTokenClassification'] },
      /GPT2ForTokenClassification is not there yet; there is causal-lm, sequence-classification/,
    ],
  ])('%#: %j', (config, message) => {
    expect(() => architectureOf(config)).toThrow(RequestError);
    expect(() => architectureOf(config)).toThrow(message);
  });
});
