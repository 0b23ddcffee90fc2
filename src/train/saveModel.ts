/** Writes a network without adapters as a Hugging Face folder: config.json and model.safetensors, under the checkpoint's names. */
import path from 'node:path';
import { writeWhole } from '../atomicFile.ts';
import { type TensorToMake, writeSafetensors } from '../checkpoint/writeSafetensors.ts';
import type { Base } from './base.ts';
import { frozenTensor } from './frozenTensor.ts';

/**
 * `base` may be a merged one (mergedBase). A head that is no longer its embedding's is written as its own tensor. Each tensor is fetched
 * from the engine when it is its turn.
 */
export function saveModel(base: Base, folder: string): void {
  const { sites, config } = base;
  const tensors = new Map<string, TensorToMake>(
    sites.map(({ name, tensor, stored }) => [tensor, { shape: stored, make: () => frozenTensor(base, name).data }]),
  );
  writeSafetensors(path.join(folder, 'model.safetensors'), tensors, { format: 'pt' });
  writeWhole(path.join(folder, 'config.json'), `${JSON.stringify(asFloat32(config), null, 2)}\n`);
}

/** What is written is float32, whatever was read: transformers would round it to the type that is named here. */
function asFloat32(config: object): object {
  const named = ['dtype', 'torch_dtype'].filter((key) => key in config);
  return { ...config, ...Object.fromEntries(named.map((key) => [key, 'float32'])) };
}
