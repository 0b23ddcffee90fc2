/** Dropout masks as a reference run stored them: uint8 [steps, rows, length, features] per module path, 1 = kept. */
import tf from '@tensorflow/tfjs';
import type { Pass } from '../blocks/block.ts';
import { withSafetensors } from './runCase.ts';

export function recordedMasks(file: string, rowsPerPart: number): (step: number, part: number) => Pass['mask'] {
  const masks = withSafetensors(
    file,
    (opened) => new Map([...opened.tensors.keys()].map((key) => [key, opened.readRaw(key)] as const)),
  );
  return (step, part) => (site, rows, features, p) => {
    const stored = masks.get(`base_model.model.${site}`);
    if (!stored) throw new Error(`${file} has no mask for ${site}`);
    const [, perStep, length] = stored.shape as [number, number, number];
    const from = ((step - 1) * perStep + part * rowsPerPart) * length * features;
    const bytes = (stored.data as Uint8Array).subarray(from, from + rows * features);
    return tf.tensor2d(
      Float32Array.from(bytes, (kept) => kept / (1 - p)),
      [rows, features],
    );
  };
}
