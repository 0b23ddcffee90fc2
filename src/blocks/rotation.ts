/**
 * Rotary positions at one position, as one product:   y = x R,   R = scale · (diag(cos) + P diag(sin)), P as in rotary.ts.
 *
 * Every sum has two terms that are not 0, so that it is what rotary.ts gives, to the last bit or the one before.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { type Rope, rotaryAngles, rotaryPairs } from './rotaryFrequencies.ts';

/** R [headWidth, headWidth] of the last position of a text of position + 1 tokens. */
export function rotation(rope: Rope, headWidth: number, position: number, scale: number): Tensor2D {
  const { frequencies, factor } = rotaryAngles(rope, position + 1);
  const r = tf.buffer([headWidth, headWidth]);
  for (let i = 0; i < headWidth; i++) r.set(scale, i, i);
  rotaryPairs(rope).forEach(([first, second], i) => {
    const angle = position * frequencies[i]!;
    const [cos, sin] = [scale * factor * Math.cos(angle), scale * factor * Math.sin(angle)];
    r.set(cos, first, first);
    r.set(cos, second, second);
    r.set(sin, first, second);
    r.set(-sin, second, first);
  });
  return r.toTensor() as Tensor2D;
}

/** All that R depends on besides the position. */
export const rotationKey = (rope: Rope, headWidth: number, scale: number): string =>
  `${JSON.stringify(rope)}/${headWidth}/${scale}`;
