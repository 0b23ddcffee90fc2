/**
 * Attention of the one token that comes after what a cache holds:   o = softmax(s q Kᵀ) V per head, K and V with its own behind.
 *
 * It is the last of its text and sees all that the cache keeps, so that nothing is masked; and one row by head is only another shape
 * of the same numbers, so that nothing is transposed. Query heads that share a key are rows of one product.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { scalar, scoped } from '../tensor/engine.ts';
import { rowProduct } from '../tensor/rowProduct.ts';
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
  const byHead = (x: Tensor2D, rows: number): Tensor => tf.reshape(x, [sequences, keyValueHeads, rows, headWidth]);
  const turned = (x: Tensor, by: number): Tensor => {
    if (!rope) return by === 1 ? x : tf.mul(x, scalar(by));
    const key = rotationKey(rope, headWidth, by);
    return rowProduct(
      x,
      cache.atPosition(key, () => rotation(rope, headWidth, cache.length, by)),
    );
  };
  const all = cache.extend(shape, { k: turned(byHead(k!, 1), 1), v: byHead(v!, 1) }, window);
  const p = tf.softmax(rowProduct(turned(byHead(q!, heads / keyValueHeads), scale), all.k, true));
  return tf.reshape(rowProduct(p, all.v), [sequences, heads * headWidth]);
}
