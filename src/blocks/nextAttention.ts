/**
 * Attention of the one token that comes after what a cache holds:   o = softmax(s q Kᵀ) V per head, K and V with its own behind.
 *
 * It is the last of its text and sees all that the cache keeps, so that nothing is masked; and one row by head is only another shape
 * of the same numbers, so that nothing is transposed. Query heads that share a key are rows of one product.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { scalar, scoped } from '../tensor/engine.ts';
import { product } from '../tensor/product.ts';
import type { AttentionShape } from './attention.ts';
import type { Block } from './block.ts';
import type { KeyValueCache } from './keyValueCache.ts';
import { rotation, rotationKey } from './rotation.ts';

/** The attention of whole texts, where a cache holds none yet, else this one. */
export function withNext(shape: AttentionShape, whole: Block<Tensor2D[]>): Block<Tensor2D[]> {
  const next = scoped((x: Tensor2D[], cache: KeyValueCache) => ({ y: nextAttention(shape, x, cache), saved: null }));
  return { ...whole, forward: (x, pass) => (pass.cache?.length ? next(x, pass.cache) : whole.forward(x, pass)) };
}

/** q [sequences, heads · width], k and v [sequences, keyValueHeads · width], each one row a sequence -> like q. */
function nextAttention(shape: AttentionShape, [q, k, v]: readonly Tensor2D[], cache: KeyValueCache): Tensor2D {
  const { heads, keyValueHeads, headWidth, scale, rope, window } = shape;
  const sequences = q!.shape[0];
  const byHead = (x: Tensor, rows: number): Tensor => tf.reshape(x, [sequences, keyValueHeads, rows, headWidth]);
  const turned = (x: Tensor2D, by: number): Tensor2D => {
    if (!rope) return by === 1 ? x : tf.mul(x, scalar(by));
    const matrix = cache.atPosition(rotationKey(rope, headWidth, by), () =>
      rotation(rope, headWidth, cache.length, by),
    ) as Tensor2D;
    return product(tf.reshape(x, [x.size / headWidth, headWidth]), matrix);
  };
  const now = { k: byHead(turned(k!, 1), 1), v: byHead(v!, 1) };
  const all = cache.extend(shape, now, window);
  const p = tf.softmax(tf.matMul(byHead(turned(q!, scale), heads / keyValueHeads), all.k, false, true));
  return tf.reshape(tf.matMul(p, all.v), [sequences, heads * headWidth]);
}
