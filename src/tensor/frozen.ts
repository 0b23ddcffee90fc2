/**
 * A frozen matrix in whatever form its storage holds it. Kernels are [in, out] to their users; the storage may keep them as the
 * checkpoint does.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { isWasm, keep, release, scoped } from './engine.ts';
import { product } from './product.ts';
import { type Ids, tableRows } from './siteInput.ts';
import { uploaded, uploadedTurned } from './upload.ts';
import { wasmHeap } from './wasmHeap.ts';

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

/** [out, in] as most checkpoints store a kernel, or [in, out] as it is used. */
export type KernelOrder = 'outIn' | 'inOut';

/** A kernel in float32 from its numbers, row-major in an order, which are read during the call alone. */
export function float32Kernel(
  values: Float32Array,
  stored: readonly [number, number],
  order: KernelOrder = 'inOut',
): Frozen {
  return heldKernel(order === 'inOut' ? uploaded(values, stored) : uploadedTurned(values, stored));
}

/** Takes over a kernel [in, out] on the engine. wasm holds its transpose as well, which its products need. */
export function heldKernel(kernel: Tensor2D): Frozen {
  keep(kernel);
  const transpose = isWasm() ? keep(scoped(() => tf.transpose(kernel))()) : null;
  return {
    shape: kernel.shape,
    bytes: kernel.size * 4,
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

/** A table in float32 from its numbers, row-major, which are read during the call alone. */
export function float32Table(values: Float32Array, shape: readonly [number, number]): FrozenTable {
  return heldTable(uploaded(values, shape));
}

/** Takes over a table on the engine. */
export function heldTable(table: Tensor2D): FrozenTable {
  keep(table);
  return {
    shape: table.shape,
    bytes: table.size * 4,
    rows: (ids) => (isWasm() ? copiedRows(table, ids) : tableRows(table, ids)),
    use: (f) => f(table),
    dispose: () => release(table),
  };
}

/** wasm's gather costs 27 ns per number, copying rows in its memory 0.6. */
function copiedRows(table: Tensor2D, { host }: Ids): Tensor2D {
  const [, width] = table.shape;
  const values = wasmHeap(table);
  const copied = new Float32Array(host.length * width);
  host.forEach((id, row) => copied.set(values.subarray(id * width, (id + 1) * width), row * width));
  return tf.tensor2d(copied, [host.length, width]);
}

/**
 * The kernel [width, rows] that a table is when it is turned, as an output layer has it. The numbers stay the table's, which has to
 * outlive it; only wasm, whose products need both, makes a copy.
 */
export function turnedTable(table: FrozenTable): Frozen {
  const [rows, width] = table.shape;
  const turned = (): Tensor2D => table.use((held) => tf.transpose(held));
  const copy = isWasm() ? keep(scoped(turned)()) : null;
  return {
    shape: [width, rows],
    bytes: table.bytes,
    times: (x) => (copy ? product(x, copy) : table.use((held) => product(x, held, false, true))),
    back: (dy) => table.use((held) => product(dy, held)),
    use: (f) => (copy ? f(copy) : scoped(() => f(turned()))()),
    dispose: () => release(copy),
  };
}
