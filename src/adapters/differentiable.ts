/**
 * The products and factors of laneMatMul.ts in a form that a tape can differentiate. By itself it cannot: on the native engine they
 * call TensorFlow's kernels by name, on wasm they copy numbers on the host. Their gradients are the fast products again.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { laneMatMul, laneOuter, laneScale, laneSumRows } from '../tensor/laneMatMul.ts';
import type { SiteInput } from '../tensor/siteInput.ts';

/** Lanes of a trained tensor, [in, out] or [n] with one, [lanes, in, out] or [lanes, 1, n] with more. */
const lanesOf = (w: Tensor): number => (w.rank < 3 ? 1 : w.shape[0]);

/** A function of two tensors with its two gradients written out. */
const differentiable =
  (
    f: (x: Tensor2D, w: Tensor) => Tensor2D,
    gradients: (dy: Tensor2D, x: Tensor2D, w: Tensor) => Tensor[],
  ): ((x: Tensor2D, w: Tensor) => Tensor2D) =>
  (x, w) =>
    tf.customGrad((...given) => {
      const [a, b, save] = given as [Tensor2D, Tensor, tf.GradSaveFunc];
      save([a, b]);
      return {
        value: f(a, b),
        gradFunc: (dy: Tensor2D, [savedX, savedW]: Tensor[]) => gradients(dy, savedX as Tensor2D, savedW),
      };
    })(x, w) as Tensor2D;

/** x · w with a trained w: [rows, in] -> [rows, out].     dx = dy wᵀ,   dw = xᵀ dy. */
export const times: (x: Tensor2D, w: Tensor) => Tensor2D = differentiable(
  (x, w) => laneMatMul(x, w),
  (dy, x, w) => [laneMatMul(dy, w, true), laneOuter(x, dy, lanesOf(w))],
);

/** a · b of two trained matrices, lane by lane: [in, r] · [r, out] -> [in, out], each with lanes in front where there are several. */
export function matMul(a: Tensor, b: Tensor): Tensor {
  if (a.rank === 2) return times(a as Tensor2D, b);
  const [lanes, inputs, rank] = a.shape as [number, number, number];
  const rows = tf.reshape(a, [lanes * inputs, rank]) as Tensor2D;
  return tf.reshape(times(rows, b), [lanes, inputs, b.shape[2]!]);
}

/** a ⊗ b, the Kronecker product of two trained matrices, lane by lane: [m, l], [n, k] -> [m·n, l·k]. */
export function kronecker(a: Tensor, b: Tensor): Tensor {
  const lanes = a.shape.slice(0, -2);
  const [m, l, n, k] = [...a.shape.slice(-2), ...b.shape.slice(-2)] as [number, number, number, number];
  const each = tf.mul(tf.reshape(a, [...lanes, m, 1, l, 1]), tf.reshape(b, [...lanes, 1, n, 1, k]));
  return tf.reshape(each, [...lanes, m * n, l * k]);
}

/** x ∘ v with a trained vector, [n] or [lanes, 1, n]: [rows, n] -> [rows, n].     dx = dy ∘ v,   dv = Σ dy ∘ x. */
export const scale: (x: Tensor2D, v: Tensor) => Tensor2D = differentiable(laneScale, (dy, x, v) => [
  laneScale(dy, v),
  laneSumRows(tf.mul(dy, x), lanesOf(v)),
]);

/** x · w (or x · wᵀ) with a w that is frozen, and costs no gradient.     dx = dy wᵀ (or dy w). */
export function timesFrozen(x: Tensor2D, w: Tensor, transposed = false): Tensor2D {
  return tf.customGrad((a) => ({
    value: laneMatMul(a as Tensor2D, w, transposed),
    gradFunc: (dy: Tensor2D) => laneMatMul(dy, w, !transposed),
  }))(x) as Tensor2D;
}

/** A site's input as a formula sees it. It may be rows of numbers or token ids; a formula cannot tell, and need not. */
export interface FormulaInput {
  /** x · w with a trained w, [in, out] or [lanes, in, out]. */
  times(w: Tensor): Tensor2D;
  /** x · w with a frozen w. */
  timesFrozen(w: Tensor): Tensor2D;
}

/** Without a gradient of the input, which then costs nothing. */
export const constantInput = (x: SiteInput): FormulaInput => ({
  times: (w) =>
    tf.customGrad((...given) => {
      const b = given[0] as Tensor;
      return { value: x.times(b), gradFunc: (dy: Tensor2D) => x.outer(dy, lanesOf(b)) };
    })(w) as Tensor2D,
  timesFrozen: (w) => x.times(w),
});

/** With a gradient of the rows. */
export const variableInput = (rows: Tensor2D): FormulaInput => ({
  times: (w) => times(rows, w),
  timesFrozen: (w) => timesFrozen(rows, w),
});
