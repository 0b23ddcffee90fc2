/**
 * Pretrains the embedded base, a small Llama, on texts about the small world, and writes it to results/bases/small-world with a
 * card that holds its loss against the entropy floor of its generator and its fact and grammar accuracy. Of other widths, for what
 * depends on the size of a base, into small-world-<width>: all that differs is the width of the layers.
 *
 *   npx tsx experiments/pretrain-small-world.ts [width, a multiple of 12; 96 unless given] [folder]
 *
 * About 8 minutes on two cores with the native engine. Not an experiment of `adapterlab run`: it makes what those start from.
 */
import path from 'node:path';
import {
  adamw,
  createModel,
  encodeAll,
  evaluate,
  evaluationSet,
  full,
  loadBase,
  loadTokenizer,
  mergedBase,
  methodOf,
  randomWeights,
  saveModel,
  smallWorld,
  startEngine,
  startRun,
  tokenizerFiles,
  train,
  trainingBatches,
  vocabularySize,
  writeWhole,
} from 'adapterlab';

const width = Number(process.argv[2] ?? 96);
if (!(width >= 12 && width % 12 === 0)) throw new Error(`the width must be a multiple of 12, not ${process.argv[2]}`);
const folder = process.argv[3] ?? `results/bases/small-world${width === 96 ? '' : `-${width}`}`;
const seed = 1;
const steps = 4000;
const rows = 64;
const maxLength = 48;

const config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: width,
  intermediate_size: (width / 3) * 8,
  num_hidden_layers: 3,
  num_attention_heads: 6,
  num_key_value_heads: 6,
  vocab_size: vocabularySize,
  max_position_embeddings: 128,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
  torch_dtype: 'float32',
};

const engine = await startEngine();
for (const [name, content] of Object.entries(tokenizerFiles()))
  writeWhole(path.join(folder, name), `${JSON.stringify(content, null, 1)}\n`);
const tokenizer = loadTokenizer(folder);
const texts = smallWorld.sentences({ train: 200_000 });
const report = (message: string): void => console.log(message);
const sequences = encodeAll(texts.split('train'), tokenizer, maxLength, report);

const base = loadBase(randomWeights(config, seed));
const everything = methodOf(full({ decay: 'matrices' }));
const model = createModel(base, { seeds: [seed], steps, methodFor: () => everything });
const batches = trainingBatches(sequences, { rows, seed });
const run = startRun(model, {
  steps,
  batch: (step) => batches(step - 1),
  optimizer: adamw(),
  schedule: { type: 'cosine', warmupSteps: 100 },
  learningRates: [3e-3],
  weightDecay: 0.01,
  maxGradientNorm: 1,
});
for (const { step, lossNats } of train(run))
  if (step % 250 === 0) console.log(`step ${step} of ${steps}: loss ${lossNats[0]!.toFixed(3)} nats`);

const trained = mergedBase(model, 0);
saveModel(trained, folder);
const [scores] = await evaluate(
  createModel(trained, { seeds: [seed], methodFor: () => null }),
  evaluationSet(texts, 'test', tokenizer, { maxLength, items: true, report }),
);
const card = {
  parameters: base.parameters,
  texts: 'smallWorld.sentences()',
  seed,
  steps,
  rows,
  test: { ...scores, entropyFloorNats: texts.entropyFloor('test').natsPerToken },
  engine: { engine: engine.engine, cpu: engine.cpu, versions: engine.versions },
};
writeWhole(path.join(folder, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
console.log(JSON.stringify(card.test));
