/** A base with random weights and the small world's tokenizer, written to a folder of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import { tokenizerFiles, vocabularySize } from '../../src/data/smallWorld/tokenizerFiles.ts';
import { architectureOf } from '../../src/families/index.ts';
import { sitesOf } from '../../src/families/sites.ts';
import { stream } from '../../src/tensor/random.ts';

export const tinyConfig = {
  model_type: 'llama',
  vocab_size: vocabularySize,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  max_position_embeddings: 64,
  hidden_act: 'silu',
  tie_word_embeddings: true,
};

/** Another seed gives other weights; `last` takes the place of the last number of every matrix, `change` that of other sizes. */
export function writeTinyBase(folder: string, seed = 1, last?: number, change: { hidden_size?: number } = {}): string {
  const config = { ...tinyConfig, ...change };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  for (const [file, content] of Object.entries(tokenizerFiles()))
    writeFileSync(path.join(folder, file), JSON.stringify(content));
  const tensors = sitesOf(architectureOf(config)).map(({ tensor, kind, shape: [inputs, outputs] }) => {
    const shape = kind === 'linear' ? [outputs, inputs] : kind === 'vector' ? [outputs] : [inputs, outputs];
    const data = new Float32Array(inputs * outputs).fill(1);
    if (kind !== 'vector') stream(seed, tensor).fillNormal(data, 0.2);
    if (kind !== 'vector' && last !== undefined) data[data.length - 1] = last;
    return [tensor, { shape, data }] as const;
  });
  writeSafetensors(path.join(folder, 'model.safetensors'), Object.fromEntries(tensors));
  return folder;
}
