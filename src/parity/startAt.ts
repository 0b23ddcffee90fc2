/** Puts a model where a recorded run started. */
import type { StoredTensor } from '../adapters/files/peftKeys.ts';
import type { Parameter } from '../tensor/arena.ts';
import type { Model } from '../train/model.ts';
import { withSafetensors } from './runCase.ts';

/** Tensors that PEFT writes beside the trained ones: the base's own, and VeRA's frozen projections. */
const isFrozen = (key: string): boolean => key.endsWith('.base_layer.weight') || key.startsWith('base_model.vera_');

/**
 * Overwrites the drawn start with the recorded one. Throws for a tensor that is missing, misshapen or not finite. Gives the names
 * of those that no parameter took.
 */
export function startAt(model: Model, file: string, storedOf: (parameter: Parameter) => StoredTensor): string[] {
  const { arena } = model;
  return withSafetensors(file, (opened) => {
    const values = arena.values.dataSync().slice() as Float32Array;
    const left = new Set([...opened.tensors.keys()].filter((key) => !isFrozen(key)));
    for (const parameter of arena.parameters) {
      const { key, shape, fromFile } = storedOf(parameter);
      const found = opened.read(key);
      if (found.shape.join() !== shape.join())
        throw new Error(`${file}: ${key} has the shape [${found.shape.join()}], expected [${shape.join()}]`);
      const at = found.data.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) throw new Error(`${file}: ${key}: number ${at} of ${found.data.length} is ${found.data[at]}`);
      values.set(fromFile(found.data), parameter.offset);
      left.delete(key);
    }
    arena.load(values);
    return [...left];
  });
}
