import type { Tensor } from '@tensorflow/tfjs';
import { release, scoped } from './engine.ts';

/** The numbers of the tensor that `make` gives, row-major; every tensor made inside is freed, that one too. */
export function readOnce(make: () => Tensor): Float32Array {
  const made = scoped(make)();
  const values = made.dataSync<'float32'>();
  release(made);
  return values;
}
