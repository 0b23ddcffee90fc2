/**
 * Products of two matrices, and cutting a piece out of a tensor, each the way the running engine does it fast.
 *
 * Native: transpose flags are free, and TensorFlow's MatMul kernel called by name takes a third to a half of the time of
 * tf.matMul (which always runs BatchMatMulV2) on small matrices. wasm: transpose flags cost 10 to 60 times as much, so a factor is
 * transposed instead; a right factor that is new is packed first, at 4 ns a number, so that the small one stands there; slice copies
 * the whole of its input first. None of these is differentiable by a tape.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { isNative, isWasm } from './engine.ts';
import { hasKernels, kernel } from './kernels.ts';
import { operation } from './nativeBackend.ts';
import { rowProduct } from './rowProduct.ts';
import { wasmHeap } from './wasmHeap.ts';

/** By whether a and b are transposed. */
const matMul = [false, true].map((transpose_a) =>
  [false, true].map((transpose_b) => operation('MatMul', 1, { floats: ['T'], booleans: { transpose_a, transpose_b } })),
);

/** By whether b is transposed. */
const byPanels = [0, 1].map((turned) => kernel('MatrixProduct', 1, { integers: { turn_b: turned } }));

/** a · b, or with either factor transposed: [n, k] · [k, m] -> [n, m]. */
export function product(a: Tensor2D, b: Tensor2D, transposeA = false, transposeB = false): Tensor2D {
  if (!isNative() || a.size === 0 || b.size === 0) return tf.matMul(a, b, transposeA, transposeB);
  if (a.shape[0] === 1 && !transposeA) return rowProduct(a, b, transposeB) as Tensor2D;
  if (hasKernels() && !transposeA) return byPanels[Number(transposeB)]!(a, b)[0] as Tensor2D;
  return matMul[Number(transposeA)]![Number(transposeB)]!(a, b)[0] as Tensor2D;
}

/** a · bᵀ, where b is the smaller factor: [n, k] · [m, k]ᵀ -> [n, m]. */
export function timesTransposed(a: Tensor2D, b: Tensor2D): Tensor2D {
  return isWasm() ? tf.matMul(a, tf.transpose(b)) : product(a, b, false, true);
}

/** aᵀ · b: [n, k]ᵀ · [n, m] -> [k, m]. */
export function transposedTimes(a: Tensor2D, b: Tensor2D): Tensor2D {
  if (!isWasm()) return product(a, b, true);
  if (a.shape[1] > b.shape[1]) return tf.matMul(turnedRows(a), b);
  return tf.transpose(tf.matMul(turnedRows(b), a));
}

/** Rows that wasm transposes together: their numbers of one column stay in the cache until the column is written. */
const BLOCK = 64;

/** xᵀ of a matrix with many rows, for wasm: in blocks of them it takes a quarter of the time where rows are a power of two. */
function turnedRows(x: Tensor2D): Tensor2D {
  const [rows, columns] = x.shape;
  if (rows % BLOCK !== 0) return tf.transpose(x);
  return tf.reshape(tf.transpose(tf.reshape(x, [rows / BLOCK, BLOCK, columns]), [2, 0, 1]), [columns, rows]);
}

/** The numbers of x from offset on, as a tensor of the given shape (contiguous, row-major). */
export function cut<S extends number[]>(x: Tensor, offset: number, shape: S): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  if (isWasm()) return tf.tensor(wasmHeap(x).slice(offset, offset + size), shape);
  return tf.reshape(tf.slice(tf.reshape(x, [x.size]), offset, size), shape);
}
