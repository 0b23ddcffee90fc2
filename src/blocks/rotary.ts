/**
 * Rotary positions, arXiv:2104.09864, in the half-split pairing of Hugging Face:   y = x ∘ cos + (xP) ∘ sin,
 * P [width, width] the signed swap of the halves: (xP) = (−x₂, x₁).
 *
 * sin is equal in both halves, so (dy ∘ sin)Pᵀ = −(dyP) ∘ sin: the reverse pass is the forward pass by the opposite angle.
 * The swap is a product, which is exact (0 and ±1) and at these widths cheaper than split and concat on every engine.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { cached } from '../tensor/cached.ts';
import { product } from '../tensor/product.ts';

export interface Rotary {
  /** x [.., length, width], positions 0 to length − 1. */
  forward(x: Tensor): Tensor;
  backward(dy: Tensor): Tensor;
}

/** `scale` multiplies the result (the attention's 1/√width rides along for free). `frequencies`: radians per position, width/2. */
export function rotary(frequencies: readonly number[], length: number, scale = 1): Rotary {
  const half = frequencies.length;
  const width = 2 * half;
  const key = `${frequencies.join()}/${length}/${scale}`;
  const angles = (f: (angle: number) => number): Tensor =>
    tf.tensor2d(
      Float32Array.from({ length: length * width }, (_, i) => scale * f(Math.floor(i / width) * frequencies[i % half])),
      [length, width],
    );
  const cos = cached(`rotary/cos/${key}`, () => angles(Math.cos));
  const sin = cached(`rotary/sin/${key}`, () => angles(Math.sin));
  const minusSin = cached(`rotary/-sin/${key}`, () => tf.neg(sin));
  const swap = cached(`rotary/swap/${width}`, () => {
    const p = tf.buffer([width, width]);
    for (let j = 0; j < half; j++) {
      p.set(-1, j + half, j);
      p.set(1, j, j + half);
    }
    return p.toTensor();
  }) as Tensor2D;
  const turn = (x: Tensor, s: Tensor): Tensor => {
    const swapped = tf.reshape(product(tf.reshape(x, [x.size / width, width]), swap), x.shape);
    return tf.add(tf.mul(x, cos), tf.mul(swapped, s));
  };
  return { forward: (x) => turn(x, sin), backward: (dy) => turn(dy, minusSin) };
}

/** θ^(−2i/width) for i < width/2. */
export function rotaryFrequencies(width: number, theta: number): number[] {
  return Array.from({ length: width / 2 }, (_, i) => theta ** (-(2 * i) / width));
}
