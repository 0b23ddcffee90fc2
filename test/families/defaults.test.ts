/** What a config.json leaves out has the value that transformers 5.23 gives it (LlamaConfig() and its kin). */
import { describe, expect, test } from 'vitest';
import type { TransformerArchitecture } from '../../src/families/architecture.ts';
import { architectureOf, textArchitecture } from '../../src/families/index.ts';
import { sitesOf } from '../../src/families/sites.ts';

const of = (type: string, config: object = {}): TransformerArchitecture =>
  textArchitecture(architectureOf({ model_type: type, ...config }));

const llama = {
  width: 4096,
  layers: 32,
  heads: 32,
  headWidth: 128,
  norm: { type: 'rms', epsilon: 1e-6 },
  feedForward: { activation: 'silu', type: 'gated' },
  positions: { rope: { theta: 10000, width: 128, scaling: { type: 'default' } } },
  tied: false,
  tokenTypes: 0,
  residual: 'pre',
};
const without = { attention: false, output: false, feedForward: false };
const everywhere = { attention: true, output: true, feedForward: true };
const encoder = {
  width: 768,
  layers: 12,
  heads: 12,
  headWidth: 64,
  norm: { type: 'layer', epsilon: 1e-12 },
  feedForward: { width: 3072, activation: 'gelu', type: 'plain' },
  positions: { rows: 512 },
  tokenTypes: 2,
  tied: true,
  residual: 'post',
  biases: everywhere,
};

test.each([
  ['llama', { ...llama, vocabulary: 32000, maxLength: 2048, keyValueHeads: 32, biases: without }, 11008],
  ['mistral', { ...llama, vocabulary: 32000, maxLength: 131072, keyValueHeads: 8, biases: without }, 14336],
  [
    'qwen2',
    { ...llama, vocabulary: 151936, maxLength: 32768, keyValueHeads: 32, biases: { ...without, attention: true } },
    22016,
  ],
  ['qwen3', { ...llama, vocabulary: 151936, maxLength: 32768, keyValueHeads: 32, biases: without }, 22016],
  [
    'gpt2',
    {
      vocabulary: 50257,
      width: 768,
      layers: 12,
      heads: 12,
      maxLength: 1024,
      norm: { type: 'layer', epsilon: 1e-5 },
      feedForward: { activation: 'gelu_new', type: 'plain' },
      tied: true,
      residual: 'pre',
      biases: everywhere,
    },
    3072,
  ],
  [
    'gpt_neox',
    {
      vocabulary: 50432,
      width: 6144,
      layers: 44,
      heads: 64,
      maxLength: 2048,
      norm: { type: 'layer', epsilon: 1e-5 },
      feedForward: { activation: 'gelu', type: 'plain' },
      positions: { rope: { theta: 10000, width: 24 } },
      tied: false,
      residual: 'parallel',
      biases: everywhere,
    },
    24576,
  ],
  ['bert', { ...encoder, vocabulary: 30522, maxLength: 512 }, 3072],
  ['roberta', { ...encoder, vocabulary: 50265, maxLength: 510 }, 3072], // positions from the padding token's id, 1, on
] as const)('%s', (type, wanted, inner) => {
  expect(of(type)).toMatchObject(wanted);
  expect(of(type).feedForward.width).toBe(inner);
});

describe('attention', () => {
  const windows = (type: string, config: object = {}): unknown => of(type, config).attention.windows;

  test('scores are multiplied by 1/√width, in GPT-2 also by one over the number of the layer where it is asked for', () => {
    const scales = (config: object): readonly number[] => of('gpt2', { n_layer: 3, ...config }).attention.scales;
    expect(scales({})).toEqual([1 / 8, 1 / 8, 1 / 8]);
    expect(scales({ scale_attn_weights: false })).toEqual([1, 1, 1]);
    expect(scales({ scale_attn_by_inverse_layer_idx: true })).toEqual([1 / 8, 1 / 16, 1 / 24]);
  });

  test('Mistral has a window of 4096 unless it says null, Llama none', () => {
    expect(windows('mistral', { num_hidden_layers: 2 })).toEqual([4096, 4096]);
    expect(windows('mistral', { num_hidden_layers: 2, sliding_window: null })).toEqual([null, null]);
    expect(windows('llama', { num_hidden_layers: 2 })).toEqual([null, null]);
  });

  test.each(['qwen2', 'qwen3'])('%s has one only where it is used, of 4096, from layer 28 on', (type) => {
    const upper = (config: object): unknown => windows(type, { num_hidden_layers: 30, ...config });
    expect(upper({ sliding_window: 5 })).toEqual(Array(30).fill(null));
    expect(upper({ use_sliding_window: true })).toEqual([...Array<null>(28).fill(null), 4096, 4096]);
    expect(upper({ use_sliding_window: true, max_window_layers: 29, sliding_window: 5 })).toEqual([
      ...Array<null>(29).fill(null),
      5,
    ]);
  });

  test('null is not the default: as many key heads as there are heads, of the share of the width', () => {
    const { keyValueHeads, headWidth } = of('qwen3', {
      hidden_size: 2048,
      num_key_value_heads: null,
      num_attention_heads: 16,
      head_dim: null,
    });
    expect([keyValueHeads, headWidth]).toEqual([16, 128]);
    expect(of('qwen3', { hidden_size: 2048, head_dim: null }).headWidth).toBe(64);
    expect(of('qwen3', { hidden_size: 2048 }).headWidth).toBe(128);
    expect(of('mistral', { num_key_value_heads: null }).keyValueHeads).toBe(32);
  });
});

describe('heads', () => {
  test("BERT's map before the output has its own activation, RoBERTa's always GELU", () => {
    const activation = (type: string): unknown => of(type, { hidden_act: 'relu' }).head;
    expect(activation('bert')).toMatchObject({ transform: { activation: 'relu' } });
    expect(activation('roberta')).toMatchObject({ transform: { activation: 'gelu' } });
  });

  test('an output layer of its own has a bias of its own', () => {
    expect(of('bert').head).toMatchObject({ bias: 'cls.predictions.bias' });
    expect(of('bert', { tie_word_embeddings: false }).head).toMatchObject({ bias: 'cls.predictions.decoder.bias' });
  });

  test("PEFT's all-linear leaves out a last map called classifier or score, not RoBERTa's classifier.out_proj", () => {
    const heads = (type: string, name: string): string[] =>
      sitesOf(of(type, { architectures: [name] }))
        .filter(({ isHead }) => isHead)
        .map((site) => site.name);
    expect(heads('bert', 'BertForSequenceClassification')).toEqual(['classifier']);
    expect(heads('llama', 'LlamaForSequenceClassification')).toEqual(['score']);
    expect(heads('roberta', 'RobertaForSequenceClassification')).toEqual([]);
  });

  test('a classifier has two labels; one label is a number', () => {
    const head = (config: object): unknown =>
      of('bert', { architectures: ['BertForSequenceClassification'], ...config }).head;
    expect(head({})).toMatchObject({ labels: 2, regression: false });
    expect(head({ id2label: { 0: 'a', 1: 'b', 2: 'c' } })).toMatchObject({ labels: 3 });
    expect(head({ num_labels: 1 })).toMatchObject({ labels: 1, regression: true });
  });
});
