/**
 * A frozen matrix in whatever form its storage holds it. Kernels are [in, out] to their users; the storage may keep them as the
 * checkpoint does.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { isWasm, keep, release, scoped } from './engine.ts';
import { product } from './product.ts';
import { type Ids, tableRows } from './siteInput.ts';

export interface Frozen {
  /** [in, out] */
  readonly shape: readonly [number, number];
  /** Bytes that hold the numbers, codes and scales included, whatever else an engine keeps beside them to be fast. */
  readonly bytes: number;
  /** x · W: [rows, in] -> [rows, out]. */
  times(x: Tensor2D): Tensor2D;
  /** dy · Wᵀ: [rows, out] -> [rows, in]. */
  back(dy: Tensor2D): Tensor2D;
  /** Lends the full-precision matrix [in, out] for the time of the call. */
  use<T extends tf.TensorContainer>(f: (kernel: Tensor2D) => T): T;
  dispose(): void;
}

/** A kernel [in, out] in float32. wasm holds its transpose as well, which its products need. */
export function float32Kernel(values: Float32Array, shape: readonly [number, number]): Frozen {
  const kernel = keep(tf.tensor2d(values, [shape[0], shape[1]]));
  const transpose = isWasm() ? keep(scoped(() => tf.transpose(kernel))()) : null;
  return {
    shape,
    bytes: values.length * 4,
    times: (x) => product(x, kernel),
    back: (dy) => (transpose ? product(dy, transpose) : product(dy, kernel, false, true)),
    use: (f) => f(kernel),
    dispose: () => release([kernel, transpose]),
  };
}

/** A frozen table [rows, width], read by row. */
export interface FrozenTable {
  readonly shape: readonly [number, number];
  readonly bytes: number;
  rows(ids: Ids): Tensor2D;
  use<T extends tf.TensorContainer>(f: (table: Tensor2D) => T): T;
  dispose(): void;
}

/** wasm's gather costs 27 ns per number, copying rows from a host array 0.6: there the table stays on the host. */
export function float32Table(values: Float32Array, shape: readonly [number, number]): FrozenTable {
  const [, width] = shape;
  const device = isWasm() ? null : keep(tf.tensor2d(values, [shape[0], width]));
  return {
    shape,
    bytes: values.length * 4,
    rows(ids) {
      if (device) return tableRows(device, ids);
      const copied = new Float32Array(ids.host.length * width);
      ids.host.forEach((id, row) => copied.set(values.subarray(id * width, (id + 1) * width), row * width));
      return tf.tensor2d(copied, [ids.host.length, width]);
    },
    use: (f) => (device ? f(device) : scoped(() => f(tf.tensor2d(values, [shape[0], width])))()),
    dispose: () => release(device),
  };
}
