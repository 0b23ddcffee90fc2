/**
 * Attention by TensorFlow.js's own operations, on every engine and with padding. The query heads that share a key are laid under each
 * other, so that grouped heads need neither repeats nor sums: S is [.., group · length, length].
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { scalar } from '../tensor/engine.ts';
import { attentionCore } from './attentionCore.ts';
import { type Block, block, type Pass } from './block.ts';
import { rotary, type Turn } from './rotary.ts';
import { visibility } from './visibility.ts';
import type { AttentionShape } from './attention.ts';

export function attentionByHead(shape: AttentionShape): Block<Tensor2D[]> {
  const { heads, keyValueHeads, headWidth, scale, rope } = shape;
  const group = heads / keyValueHeads;
  const untouched: Turn = { forward: (x) => x, backward: (x) => x };
  const scaledOnly: Turn = { forward: (x) => tf.mul(x, scalar(scale)), backward: (x) => tf.mul(x, scalar(scale)) };
  const turnsOf = (length: number): { q: Turn; k: Turn } =>
    rope
      ? { q: rotary(rope, headWidth, length, scale), k: rotary(rope, headWidth, length) }
      : { q: scaledOnly, k: untouched };

  /** [rows, h · width] -> [sequences, h, length, width] */
  const byHead = (x: Tensor2D, h: number, { sequences, length }: Rows): Tensor =>
    tf.transpose(tf.reshape(x, [sequences, length, h, headWidth]), [0, 2, 1, 3]);
  /** and back */
  const byRow = (x: Tensor, h: number, { sequences, length }: Rows): Tensor2D => {
    const whole = group === 1 ? x : tf.reshape(x, [sequences, h, length, headWidth]);
    return tf.reshape(tf.transpose(whole, [0, 2, 1, 3]), [sequences * length, h * headWidth]);
  };
  /** Heads that share a key become more rows of it, and back. */
  const folded = (x: Tensor, { sequences, length }: Rows): Tensor =>
    group === 1 ? x : tf.reshape(x, [sequences, keyValueHeads, group * length, headWidth]);
  const unfolded = (x: Tensor, { sequences, length }: Rows): Tensor =>
    group === 1 ? x : tf.reshape(x, [sequences, heads, length, headWidth]);

  return block({
    trains: false,
    forward([qx, kx, vx]: Tensor2D[], pass: Pass) {
      const turns = turnsOf(pass.length);
      const q = folded(turns.q.forward(byHead(qx, heads, pass)), pass);
      const k = turns.k.forward(byHead(kx, keyValueHeads, pass));
      const v = byHead(vx, keyValueHeads, pass);
      pass.cache?.start(shape, k, v, shape.window);
      const { bias, choosing } = visibility(shape, group, pass);
      const { o, p } = attentionCore().forward(q, k, v, bias);
      // What was made for this batch belongs to it; without padding it stays, and backward finds it again.
      const own = pass.padding && choosing ? tf.clone(choosing) : null;
      return { y: byRow(o, heads, pass), saved: { q, k, v, o, p, choosing: own } };
    },
    backward(dy, saved, wantsInput) {
      if (!wantsInput) return null;
      const { q, k, v, o, p } = saved;
      const length = k.shape[2]!;
      const rows = { length, sequences: dy.shape[0] / length };
      const turns = turnsOf(length);
      const choosing = saved.choosing ?? visibility(shape, group, { length, padding: null }).choosing;
      const dO = folded(byHead(dy, heads, rows), rows);
      const { dq, dk, dv } = attentionCore().backward(dO, { q, k, v, o, p }, choosing);
      return [
        byRow(turns.q.backward(unfolded(dq, rows)), heads, rows),
        byRow(turns.k.backward(dk), keyValueHeads, rows),
        byRow(dv, keyValueHeads, rows),
      ];
    },
  });
}

interface Rows {
  readonly sequences: number;
  readonly length: number;
}
