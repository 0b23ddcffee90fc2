/** What a start leaves of the base's kernels (PiSSA, OLoRA), against `residual.<tensor>` of a recorded run. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { readOnce } from '../tensor/readOnce.ts';
import { transposed } from '../tensor/transposed.ts';
import type { Model } from '../train/model.ts';
import { largestDifference } from './caseResult.ts';

const prefix = 'residual.';

/** The largest difference over all recorded kernels; null where none was recorded. The model stands at its start. */
export function residualDifference({ base, adapters }: Model, reference: SafetensorsFile): number | null {
  const recorded = [...reference.tensors.keys()].filter((key) => key.startsWith(prefix));
  if (recorded.length === 0) return null;
  return Math.max(
    ...recorded.map((key) => {
      const adapter = adapters.find(({ site }) => `${prefix}${site.name}.weight` === key);
      if (!adapter) throw new Error(`${reference.file}: ${key} is of no site that is adapted`);
      const { site, update } = adapter;
      const left = readOnce(() =>
        site.use(
          (kernel) => (update.residual ? tf.add(kernel, update.residual.matrix(0)) : tf.clone(kernel)) as Tensor2D,
        ),
      );
      const { shape, data } = reference.read(key);
      const isTurned = base.sites.find(({ name }) => name === site.name)!.order === 'outIn';
      if (shape.length !== 2) return Infinity;
      return largestDifference(isTurned ? transposed(left, ...site.shape) : left, data);
    }),
  );
}
