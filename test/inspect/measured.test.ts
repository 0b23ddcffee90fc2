/** What is counted without weights against what a run of one step holds on the engine. */
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { methods } from '../../src/adapters/methods/index.ts';
import { nf4 } from '../../src/adapters/storage/nf4.ts';
import { architectureOf, modelType } from '../../src/families/index.ts';
import { inspect, type Inspection } from '../../src/inspect/inspect.ts';
import { type MethodRequest, requested } from '../../src/inspect/request.ts';
import { adamw } from '../../src/optim/adamw.ts';
import type { OptimizerFactory } from '../../src/optim/optimizer.ts';
import { sgd } from '../../src/optim/sgd.ts';
import { bytesOf, isWasm, startEngine } from '../../src/tensor/engine.ts';
import { createModel } from '../../src/train/model.ts';
import { startRun, train } from '../../src/train/trainer.ts';
import { writingHere } from './writingHere.ts';
import { drawnBase, gpt2Config, llamaConfig } from '../adapters/smallModel.ts';

beforeAll(() => startEngine());

const optimizers: { readonly [name: string]: OptimizerFactory } = { adamw: adamw(), sgd: sgd({ momentum: 0.9 }) };

interface Held {
  readonly adapter: number;
  readonly gradients: number;
  readonly optimizer: number;
  readonly activations: number;
}

const gptNeoX = {
  model_type: 'gpt_neox',
  vocab_size: 23,
  hidden_size: 12,
  num_attention_heads: 3,
  num_hidden_layers: 2,
  intermediate_size: 20,
  max_position_embeddings: 16,
  rotary_pct: 0.5,
};
const bert = {
  model_type: 'bert',
  vocab_size: 23,
  hidden_size: 12,
  num_attention_heads: 3,
  num_hidden_layers: 2,
  intermediate_size: 20,
  max_position_embeddings: 16,
};
const classifier = { num_labels: 4, pad_token_id: 0 };

/** Counted, and held by a step of 3 sequences of 6 tokens. */
function both(config: object, request: MethodRequest, optimizer: string): { counted: Inspection; held: Held } {
  const architecture = architectureOf(config);
  const { method, methodFor } = requested({ architecture, type: modelType(config)! }, request);
  const base = drawnBase(config, method.storage);
  const model = createModel(base, { seeds: [0], methodFor, steps: 100 });
  let gradients = 0;
  const perSequence = architecture.type === 'transformer' && architecture.head.task === 'sequence-classification';
  const labels = new Int32Array(perSequence ? 3 : 18).fill(1);
  const run = startRun(model, {
    steps: 2,
    batch: () => ({ ids: Int32Array.from({ length: 18 }, (_, i) => i + 1), labels, length: 6 }),
    optimizer: optimizers[optimizer]!,
    schedule: { type: 'constant', warmupSteps: 0 },
    learningRates: [1e-3],
    onGradient: (_, read) => (gradients = read().byteLength),
  });
  expect([...train(run)]).toHaveLength(2);
  const held = {
    adapter: bytesOf(model.arena.values),
    gradients,
    optimizer: bytesOf(run.optimizer.state()),
    activations: model.activationBytes,
  };
  run.dispose();
  model.dispose();
  base.dispose();
  const training = { batch: 3, sequence: 6, optimizer, writing: writingHere() };
  return { held, counted: inspect(architecture, method.storage, methodFor, training) };
}

const svdForms = ['adalora', 'svdLora'];

describe.each([
  ['llama', { ...llamaConfig, tie_word_embeddings: true }],
  ['gpt2', gpt2Config],
  ['gpt2 with ReLU', { ...gpt2Config, activation_function: 'relu' }],
  ['gpt2 with quick GELU', { ...gpt2Config, activation_function: 'quick_gelu' }],
  ['llama with GELU', { ...llamaConfig, hidden_act: 'gelu' }],
  ['llama with biases', { ...llamaConfig, attention_bias: true, mlp_bias: true }],
  ['a classifier on llama', { ...llamaConfig, ...classifier, architectures: ['LlamaForSequenceClassification'] }],
  ['mistral', { ...llamaConfig, model_type: 'mistral', sliding_window: 4 }],
  ['qwen2', { ...llamaConfig, model_type: 'qwen2' }],
  ['qwen3', { ...llamaConfig, model_type: 'qwen3' }],
  ['gpt_neox', gptNeoX],
  ['gpt_neox one after the other', { ...gptNeoX, use_parallel_residual: false }],
  ['bert', { ...bert, architectures: ['BertForMaskedLM'] }],
  ['a classifier on bert', { ...bert, ...classifier, architectures: ['BertForSequenceClassification'] }],
  ['roberta', { ...bert, model_type: 'roberta', pad_token_id: 0, architectures: ['RobertaForMaskedLM'] }],
  [
    'a classifier on roberta',
    { ...bert, ...classifier, model_type: 'roberta', architectures: ['RobertaForSequenceClassification'] },
  ],
])('%s', (_, config) => {
  it.each(Object.keys(methods))('%s', (method) => {
    for (const [optimizer, targets] of [
      ['adamw', undefined],
      ['sgd', 'all-linear'],
    ] as const) {
      if (method === 'bitfit' && (targets || config !== gpt2Config)) continue; // it goes on biases alone
      const { counted, held } = both(config, { method, rank: 3, ...(targets && { targets }) }, optimizer);
      const { adapter, gradients, optimizer: moments, activations } = counted.totals.bytes;
      expect({ ...held, activations: 0 }).toEqual({ adapter, gradients, optimizer: moments, activations: 0 });
      // What does not grow with the batch is not counted: at a magnitude, a norm and a factor for each output; the SVD form's λ ∘ P.
      const numbersOf = (role: string): number =>
        counted.sites
          .flatMap(({ trained }) => trained.filter((tensor) => tensor.role === role))
          .reduce((n, { parameters }) => n + parameters, 0);
      const once = 4 * (2 * numbersOf('magnitude') + (svdForms.includes(method) ? numbersOf('up') : 0));
      if (isWasm())
        expect(held.activations).toBeGreaterThanOrEqual(activations + once); // there a clone is a copy
      else expect(held.activations).toBe(activations + once);
    }
  });
});

test('the base; on wasm, beside it a second orientation of its maps', () => {
  for (const [config, storage] of [
    [llamaConfig, undefined],
    [gpt2Config, undefined],
    [llamaConfig, nf4()],
  ] as const) {
    const before = tf.memory().numBytes;
    const base = drawnBase(config, storage);
    const onEngine = tf.memory().numBytes - before;
    const { sites, bytes } = base;
    const notThere = sites // vectors wait for a network, packed maps are no tensors
      .filter(({ kind, isHead }) => kind === 'vector' || (storage && kind === 'linear' && !isHead))
      .reduce((n, { kind, shape }) => n + (kind === 'vector' ? 4 * shape[1] : storage!.bytes([...shape])), 0);
    if (isWasm()) {
      expect(onEngine).toBeGreaterThanOrEqual(bytes - notThere);
      expect(onEngine).toBeLessThanOrEqual(2 * (bytes - notThere)); // maps in both orientations
    } else expect(onEngine).toBe(bytes - notThere);
    base.dispose();
  }
});
