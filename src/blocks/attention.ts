/**
 * Causal attention with grouped key/value heads, arXiv:1706.03762 and 2305.13245:   O = softmax(Q Kᵀ / √width + mask) V per head.
 *
 * In: q [rows, heads · width], k and v [rows, keyValueHeads · width], rows = sequences · length. The query heads that share a key
 * are laid under each other, so that grouped heads need neither repeats nor sums: S is [.., group · length, length].
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { attentionCore } from './attentionCore.ts';
import { type Block, block, type Pass } from './block.ts';
import { rotary, type Rotary } from './rotary.ts';

export interface AttentionShape {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  /** Radians per position for each pair of features; null where positions are not rotary. */
  readonly rotaryFrequencies: readonly number[] | null;
}

export function attention({ heads, keyValueHeads, headWidth, rotaryFrequencies }: AttentionShape): Block<Tensor2D[]> {
  const group = heads / keyValueHeads;
  const scale = 1 / Math.sqrt(headWidth);
  const scaledOnly: Rotary = { forward: (x) => tf.mul(x, scale), backward: (x) => tf.mul(x, scale) };
  const untouched: Rotary = { forward: (x) => x, backward: (x) => x };
  const turnsOf = (length: number): { q: Rotary; k: Rotary } =>
    rotaryFrequencies
      ? { q: rotary(rotaryFrequencies, length, scale), k: rotary(rotaryFrequencies, length) }
      : { q: scaledOnly, k: untouched };
  const core = attentionCore();

  /** [rows, h · width] -> [sequences, h, length, width] */
  const byHead = (x: Tensor2D, h: number, { sequences, length }: Shape): Tensor =>
    tf.transpose(tf.reshape(x, [sequences, length, h, headWidth]), [0, 2, 1, 3]);
  /** and back */
  const byRow = (x: Tensor, h: number, { sequences, length }: Shape): Tensor2D => {
    const whole = group === 1 ? x : tf.reshape(x, [sequences, h, length, headWidth]);
    return tf.reshape(tf.transpose(whole, [0, 2, 1, 3]), [sequences * length, h * headWidth]);
  };
  /** Heads that share a key become more rows of it. Without groups the products run on four axes as they are. */
  const folded = (x: Tensor, { sequences, length }: Shape, share: number): Tensor =>
    group === 1 ? x : tf.reshape(x, [sequences * keyValueHeads, share * length, headWidth]);
  const unfolded = (x: Tensor, h: number, { sequences, length }: Shape): Tensor =>
    group === 1 ? x : tf.reshape(x, [sequences, h, length, headWidth]);

  return block({
    trains: false,
    forward([qx, kx, vx]: Tensor2D[], shape: Pass) {
      const turns = turnsOf(shape.length);
      const q = folded(turns.q.forward(byHead(qx, heads, shape)), shape, group);
      const k = folded(turns.k.forward(byHead(kx, keyValueHeads, shape)), shape, 1);
      const v = folded(byHead(vx, keyValueHeads, shape), shape, 1);
      const { o, p } = core.forward(q, k, v, shape.length, group);
      return { y: byRow(o, heads, shape), saved: { q, k, v, o, p } };
    },
    backward(dy, { q, k, v, o, p }, wantsInput) {
      if (!wantsInput) return null;
      const length = k.shape.at(-2)!;
      const shape = { length, sequences: dy.shape[0] / length };
      const turns = turnsOf(length);
      const dO = folded(byHead(dy, heads, shape), shape, group);
      const { dq, dk, dv } = core.backward(dO, { q, k, v, o, p });
      return [
        byRow(turns.q.backward(unfolded(dq, heads, shape)), heads, shape),
        byRow(turns.k.backward(unfolded(dk, keyValueHeads, shape)), keyValueHeads, shape),
        byRow(dv, keyValueHeads, shape),
      ];
    },
  });
}

interface Shape {
  readonly sequences: number;
  readonly length: number;
}
