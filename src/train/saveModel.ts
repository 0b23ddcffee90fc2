/** Writes a network without adapters as a Hugging Face folder: config.json and model.safetensors, under the checkpoint's names. */
import path from 'node:path';
import { writeWhole } from '../atomicFile.ts';
import { type TensorToWrite, writeSafetensors } from '../checkpoint/writeSafetensors.ts';
import type { Frozen } from '../tensor/frozen.ts';
import { transposed } from '../tensor/transposed.ts';
import type { Base } from './base.ts';

/** `base` may be a merged one (mergedBase). A head that is no longer its embedding's is written as its own tensor. */
export function saveModel(base: Base, folder: string): void {
  const { weights, sites, config } = base;
  const tensors: Record<string, TensorToWrite> = {};
  for (const { name, kind, tensor, shape, stored, order } of sites) {
    const data = (): Float32Array => {
      if (kind === 'vector') return weights.vector(name);
      if (kind === 'embedding') return numbers(weights.table(name));
      const values = numbers(weights.kernel(name));
      return order === 'outIn' ? transposed(values, ...shape) : values;
    };
    tensors[tensor] = { shape: stored, data: data() };
  }
  writeSafetensors(path.join(folder, 'model.safetensors'), tensors, { format: 'pt' });
  writeWhole(path.join(folder, 'config.json'), `${JSON.stringify(asFloat32(config), null, 2)}\n`);
}

/** What is written is float32, whatever was read: transformers would round it to the type that is named here. */
function asFloat32(config: object): object {
  const named = ['dtype', 'torch_dtype'].filter((key) => key in config);
  return { ...config, ...Object.fromEntries(named.map((key) => [key, 'float32'])) };
}

function numbers(held: Pick<Frozen, 'use'>): Float32Array {
  let values = new Float32Array();
  held.use((matrix) => {
    values = (matrix.dataSync() as Float32Array).slice();
    return 0;
  });
  return values;
}
