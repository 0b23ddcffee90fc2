/** Writes a network without adapters as a Hugging Face folder: config.json and model.safetensors, under the checkpoint's names. */
import path from 'node:path';
import { writeWhole } from '../atomicFile.ts';
import { type TensorToWrite, writeSafetensors } from '../checkpoint/writeSafetensors.ts';
import { storedShape } from '../families/sites.ts';
import type { Frozen } from '../tensor/frozen.ts';
import { transposed } from '../tensor/transposed.ts';
import type { Base } from './base.ts';

/** `base` may be a merged one (mergedBase). A head that is no longer its embedding's is written as its own tensor. */
export function saveModel(base: Base, folder: string): void {
  const { weights, architecture, sites, config } = base;
  const tensors: Record<string, TensorToWrite> = {};
  for (const site of sites) {
    const { name, kind, tensor, shape } = site;
    const stored = storedShape(site, architecture.kernelOrder);
    const [inputs, outputs] = shape;
    if (kind === 'vector') tensors[tensor] = { shape: stored, data: weights.vector(name) };
    else if (kind === 'embedding') tensors[tensor] = { shape: stored, data: numbers(weights.table(name)) };
    else {
      const values = numbers(weights.kernel(name));
      const data = site.isHead || architecture.kernelOrder === 'outIn' ? transposed(values, inputs, outputs) : values;
      tensors[tensor] = { shape: stored, data };
    }
  }
  writeSafetensors(path.join(folder, 'model.safetensors'), tensors, { format: 'pt' });
  writeWhole(path.join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

function numbers(held: Pick<Frozen, 'use'>): Float32Array {
  let values = new Float32Array();
  held.use((matrix) => {
    values = (matrix.dataSync() as Float32Array).slice();
    return 0;
  });
  return values;
}
