/**
 * Rotary positions, arXiv:2104.09864:   y = x ∘ cos + (xP) ∘ sin,   P the signed swap of the pairs: (x₁, x₂)P = (−x₂, x₁).
 *
 * sin is equal in both of a pair, so (dy ∘ sin)Pᵀ = −(dyP) ∘ sin: the reverse pass is the forward pass by the opposite angle. Features
 * that do not turn have cos 1, sin 0 and a zero in P. The swap is a product, which is exact (0 and ±1) and at these widths cheaper
 * than split and concat on every engine.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { cached } from '../tensor/cached.ts';
import { product } from '../tensor/product.ts';
import { type Rope, rotaryAngles, rotaryPairs } from './rotaryFrequencies.ts';

export interface Turn {
  /** x [.., length, headWidth], positions 0 to length − 1. */
  forward(x: Tensor): Tensor;
  backward(dy: Tensor): Tensor;
}

/** cos and sin of a text's positions, [length, headWidth] each, kept for all who ask; 1 and 0 for features that do not turn. */
export function rotaryTables(rope: Rope, headWidth: number, length: number, scale = 1): { cos: Tensor; sin: Tensor } {
  const { pairing } = rope;
  const pairs = rotaryPairs(rope);
  const { frequencies, factor } = rotaryAngles(rope, length);
  const key = `${frequencies.join()}/${factor}/${pairing}/${headWidth}/${length}/${scale}`;
  const table = (still: number, f: (angle: number) => number): Tensor => {
    const values = tf.buffer([length, headWidth], 'float32', new Float32Array(length * headWidth).fill(still * scale));
    for (let position = 0; position < length; position++)
      pairs.forEach((pair, i) => {
        for (const j of pair) values.set(scale * factor * f(position * frequencies[i]!), position, j);
      });
    return values.toTensor();
  };
  return {
    cos: cached(`rotary/cos/${key}`, () => table(1, Math.cos)),
    sin: cached(`rotary/sin/${key}`, () => table(0, Math.sin)),
  };
}

/** `scale` multiplies the result (the attention's 1/√width rides along for free). */
export function rotary(rope: Rope, headWidth: number, length: number, scale = 1): Turn {
  const { width, pairing } = rope;
  const { cos, sin } = rotaryTables(rope, headWidth, length, scale);
  const swap = cached(`rotary/swap/${pairing}/${width}/${headWidth}`, () => {
    const p = tf.buffer([headWidth, headWidth]);
    for (const [first, second] of rotaryPairs(rope)) {
      p.set(-1, second, first);
      p.set(1, first, second);
    }
    return p.toTensor();
  }) as Tensor2D;
  const turn = (x: Tensor, direction: 1 | -1): Tensor => {
    const swapped = tf.reshape(product(tf.reshape(x, [x.size / headWidth, headWidth]), swap), x.shape);
    const turned = tf.mul(swapped, sin);
    return direction > 0 ? tf.add(tf.mul(x, cos), turned) : tf.sub(tf.mul(x, cos), turned);
  };
  return { forward: (x) => turn(x, 1), backward: (dy) => turn(dy, -1) };
}
