/**
 * Which safetensors files hold the weights of a Hugging Face folder: `model.safetensors`, or the shards that
 * `model.safetensors.index.json` lists as { "weight_map": { tensor name: file name } }. Where both are there the single file is taken,
 * as transformers does.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { RequestError } from '../errors.ts';
import { readJsonObject } from './jsonObject.ts';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** The files of one checkpoint, and which of them the index says a tensor is in (empty for a single file). */
export interface WeightFiles {
  readonly files: readonly string[];
  readonly indexed: ReadonlyMap<string, string>;
}

/** Finds the weights of `folder`. Throws RequestError if there are none, or an index that is broken or points out of the folder. */
export function findWeightFiles(folder: string): WeightFiles {
  const single = path.join(folder, SINGLE);
  if (existsSync(single)) return { files: [single], indexed: new Map() };
  const index = path.join(folder, INDEX);
  if (existsSync(index)) return readIndex(folder, index);
  throw noWeights(folder);
}

function readIndex(folder: string, index: string): WeightFiles {
  const { weight_map: map } = readJsonObject(index).value;
  if (typeof map !== 'object' || map === null || Array.isArray(map) || Object.keys(map).length === 0) {
    throw new RequestError(
      `${index}: expected "weight_map" to be an object of tensor name: file name, found ${JSON.stringify(map)}`,
    );
  }
  const indexed = new Map(Object.entries(map).map(([name, shard]) => [name, shardFile(folder, index, name, shard)]));
  return { files: [...new Set(indexed.values())].sort(), indexed };
}

function shardFile(folder: string, index: string, name: string, shard: unknown): string {
  const inside = typeof shard === 'string' && /^(?!\.{1,2}$)[^/\\\0]+$/.test(shard);
  if (!inside) {
    throw new RequestError(
      `${index}: tensor ${name}: expected the name of a file in this folder, found ${JSON.stringify(shard)}`,
    );
  }
  const file = path.join(folder, shard);
  if (!existsSync(file))
    throw new RequestError(`${file}: missing: ${INDEX} says it holds ${name}; copy all shards into the folder`);
  return file;
}

function noWeights(folder: string): RequestError {
  const names = readdirSync(folder).sort();
  const pickle = names.find((name) => /^(pytorch_model|model).*\.(bin|pt|pth)(\.index\.json)?$/.test(name));
  if (pickle) {
    return new RequestError(
      `${folder}: the weights are only there as ${pickle}, a Python pickle, which can run code when it is opened and is not read. ` +
        `Convert them in Python: AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder, safe_serialization=True)`,
    );
  }
  if (names.includes('adapter_config.json')) {
    return new RequestError(
      `${folder}: holds an adapter, no model: give the folder of the model that it was trained on`,
    );
  }
  return new RequestError(
    `${folder}: no weights: expected ${SINGLE} or ${INDEX}, found ${names.slice(0, 20).join(', ')}`,
  );
}
