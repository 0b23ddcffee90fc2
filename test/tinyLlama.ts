/** Random networks of a few thousand numbers, drawn from named streams: no file is read. */
import { stream } from '../src/tensor/random.ts';
import type { WeightSource } from '../src/train/base.ts';
import { architectureOf } from '../src/families/index.ts';
import { sitesOf } from '../src/families/sites.ts';

/** What may differ from the tiny network; every name as in config.json. */
export type TinyConfig = { readonly [key: string]: unknown };

const llamaConfig = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: 32,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  hidden_act: 'silu',
  rms_norm_eps: 1e-6,
};

const gpt2Config = {
  architectures: ['GPT2LMHeadModel'],
  model_type: 'gpt2',
  vocab_size: 32,
  n_embd: 16,
  n_layer: 2,
  n_head: 4,
  n_positions: 24,
  resid_pdrop: 0,
  embd_pdrop: 0,
  attn_pdrop: 0,
};

/** Two layers of width 16, four query and two key/value heads, a vocabulary of 32. */
export const tinyLlama = (config: TinyConfig = {}): WeightSource => randomSource({ ...llamaConfig, ...config });

/** The same size with layer norm, biases, learned positions, one fused projection and a tied head. */
export const tinyGpt2 = (config: TinyConfig = {}): WeightSource => randomSource({ ...gpt2Config, ...config });

/** Matrices N(0, 1/in), gains 1 + 0.1 N, biases 0.1 N. */
function randomSource(config: object): WeightSource {
  const sites = new Map(sitesOf(architectureOf(config)).map((site) => [site.tensor, site]));
  return {
    config,
    names: () => [...sites.keys()],
    has: (tensor) => sites.has(tensor),
    read(tensor) {
      const site = sites.get(tensor);
      if (!site) throw new Error(`the tiny network has no ${tensor}`);
      const [inputs, outputs] = site.shape;
      const random = stream(1, tensor);
      const values = random.fillNormal(new Float32Array(inputs * outputs), deviation(site));
      if (site.kind !== 'vector') return { shape: site.stored, data: values };
      return { shape: [outputs], data: tensor.endsWith('.bias') ? values : values.map((value) => 1 + value) };
    },
    hash: () => `random ${JSON.stringify(config)}`,
  };
}

function deviation({ kind, shape: [inputs] }: { kind: string; shape: readonly [number, number] }): number {
  if (kind === 'vector') return 0.1;
  return kind === 'embedding' ? 1 : 1 / Math.sqrt(inputs);
}

/** Token ids of a batch, each lane's rows after the other's; `seed` decides them. */
export function tinyTokens(seed: number, rows: number, length: number, vocabulary = 32): Int32Array {
  const random = stream(seed, 'tokens');
  return Int32Array.from({ length: rows * length }, () => random.integer(vocabulary));
}
