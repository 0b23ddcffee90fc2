/** Tensors of the base that an adapter's file holds unchanged (PEFT saves a whole embedding beside its adapter) are this base's. */
import type { TensorFile } from '../adapters/files/stored.ts';
import { RequestError } from '../errors.ts';
import type { Base } from './base.ts';
import { frozenTensor } from './frozenTensor.ts';

/**
 * Throws a RequestError for a tensor with another shape or other numbers than the base's, but for what rounding to bfloat16 may have
 * changed. `tensorOf`: the checkpoint's name of what a key holds. A kernel that is held in codes is not compared.
 */
export function checkFrozen(
  { file, shapes, read }: TensorFile,
  tensorOf: (key: string) => string | null,
  base: Base,
): void {
  for (const [key, shape] of shapes) {
    const site = base.sites.find(({ tensor }) => tensor === tensorOf(key));
    if (!site) continue;
    if (shape.join() !== site.stored.join())
      throw new RequestError(
        `${file}: ${key}: expected [${site.stored.join(', ')}] as in the base, found [${shape.join(', ')}]; the adapter is of another base`,
      );
    if (site.held === 'packed' && base.storage.type !== 'float32') continue;
    const wanted = frozenTensor(base, site.name).data;
    const { data } = read(key);
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const at = data.findIndex((value, i) => !(Math.abs(value - wanted[i]!) <= largest / 128));
    if (at >= 0)
      throw new RequestError(
        `${file}: ${key} is not the base's: number ${at} is ${data[at]}, in the base ${wanted[at]}; the adapter is of another base`,
      );
  }
}
