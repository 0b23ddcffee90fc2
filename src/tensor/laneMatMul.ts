/**
 * Lanes: several runs of a sweep that share one frozen base and go through one step together.
 *
 * Activations are [rows, features] with the rows of one lane after those of the other. A trained matrix is [in, out] when there
 * is one lane (nothing is reshaped then) and [lanes, in, out] when there are more; a trained vector is [n] or [lanes, 1, n].
 * Native: batched products. wasm: a loop over two-dimensional ones, because its batched products run at 3 GFLOP/s.
 */
import tf, { type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs';
import { cached } from './cached.ts';
import { isWasm } from './engine.ts';
import { hasKernels, kernel } from './kernels.ts';
import { cut, product, timesTransposed, transposedTimes } from './product.ts';

const byLane = (x: Tensor2D, lanes: number): Tensor3D => tf.reshape(x, [lanes, x.shape[0] / lanes, x.shape[1]]);
const flat = (x: Tensor): Tensor2D => tf.reshape(x, [x.shape[0] * x.shape[1]!, x.shape[2]!]);
const eachLane = <T>(lanes: number, f: (lane: number) => T): T[] => Array.from({ length: lanes }, (_, lane) => f(lane));

/** The rows of one lane: [lanes * n, features] -> [n, features]. */
export function laneRows(x: Tensor2D, lane: number, lanes: number): Tensor2D {
  if (lanes === 1) return x;
  const rows = x.shape[0] / lanes;
  return cut(x, lane * rows * x.shape[1], [rows, x.shape[1]]) as Tensor2D;
}

/** One lane of a trained matrix [in, out] or [lanes, in, out] -> [in, out]; of a vector [n] -> [n], [lanes, 1, n] -> [1, n]. */
export function laneFactor(w: Tensor, lane: number): Tensor2D {
  if (w.rank < 3) return w as Tensor2D;
  const [, inputs, outputs] = w.shape as [number, number, number];
  return cut(w, lane * inputs * outputs, [inputs, outputs]) as Tensor2D;
}

/** x · w (or x · wᵀ), each lane with its own w: [rows, in] -> [rows, out]. */
export function laneMatMul(x: Tensor2D, w: Tensor, transposed = false): Tensor2D {
  if (w.rank === 2) return transposed ? timesTransposed(x, w as Tensor2D) : product(x, w as Tensor2D);
  const lanes = w.shape[0];
  if (!isWasm()) return flat(tf.matMul(byLane(x, lanes), w, false, transposed));
  const parts = eachLane(lanes, (lane) => {
    const a = laneRows(x, lane, lanes);
    const b = laneFactor(w, lane);
    return transposed ? timesTransposed(a, b) : product(a, b);
  });
  return tf.concat(parts, 0);
}

/** xᵀ · y per lane, the gradient of a trained matrix: [rows, in], [rows, out] -> [in, out] or [lanes, in, out]. */
export function laneOuter(x: Tensor2D, y: Tensor2D, lanes: number): Tensor {
  if (lanes === 1) return transposedTimes(x, y);
  if (!isWasm()) return tf.matMul(byLane(x, lanes), byLane(y, lanes), true);
  return tf.stack(eachLane(lanes, (lane) => transposedTimes(laneRows(x, lane, lanes), laneRows(y, lane, lanes))));
}

/** Rows times a vector [n] or [lanes, 1, n], element by element. */
export function laneScale(x: Tensor2D, v: Tensor): Tensor2D {
  if (hasKernels()) return scale(x, v)[0] as Tensor2D;
  return v.rank < 3 ? tf.mul(x, v) : flat(tf.mul(byLane(x, v.shape[0]), v));
}

/** The gradients of rows times a vector:   dx = dy ∘ v,   dv = Σ dy ∘ x over the rows of each lane, in the form of v. */
export function laneScaleBack(dy: Tensor2D, x: Tensor2D, v: Tensor): { dx: Tensor2D; dv: Tensor } {
  if (hasKernels()) {
    const [dx, dv] = scaleBack(dy, x, v) as [Tensor2D, Tensor];
    return { dx, dv };
  }
  return { dx: laneScale(dy, v), dv: laneSumRows(tf.mul(dy, x), v.rank < 3 ? 1 : v.shape[0]!) };
}

const scale = kernel('Scale', 1);
const scaleBack = kernel('ScaleGradient', 2);

/** Rows plus a vector [n] or [lanes, 1, n]. */
export function laneAdd(x: Tensor2D, v: Tensor): Tensor2D {
  return v.rank < 3 ? tf.add(x, v) : flat(tf.add(byLane(x, v.shape[0]), v));
}

/** Sum over the rows of each lane, the gradient of a trained vector: [rows, n] -> [n] or [lanes, 1, n]. */
export function laneSumRows(x: Tensor2D, lanes: number): Tensor {
  if (!isWasm()) return lanes === 1 ? tf.sum(x, 0) : tf.sum(byLane(x, lanes), 1, true);
  const rows = x.shape[0] / lanes; // on wasm a sum over axis 0 costs 60 times a product with a row of ones
  const ones = cached(`ones/${rows}`, () => tf.ones([1, rows])) as Tensor2D;
  if (lanes === 1) return tf.reshape(tf.matMul(ones, x), [x.shape[1]]);
  return tf.stack(eachLane(lanes, (lane) => tf.matMul(ones, laneRows(x, lane, lanes))));
}
