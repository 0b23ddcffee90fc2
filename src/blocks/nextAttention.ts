/**
 * Attention of the one token that comes after what a cache holds:   o = softmax(s q Kᵀ) V per head, K and V with its own behind.
 *
 * It is the last of its text and sees all that the cache keeps, so that only slots without a position are masked; and one row by head
 * is only another shape of the same numbers, so that nothing is transposed. Query heads that share a key are rows of one product.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
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
  const group = heads / keyValueHeads;
  const turned = (x: Tensor2D, by: number): Tensor2D => {
    if (!rope) return by === 1 ? x : tf.mul(x, scalar(by));
    const matrix = cache.atPosition(rotationKey(rope, headWidth, by), () =>
      rotation(rope, headWidth, cache.length, by),
    );
    return rowProduct(x, matrix) as Tensor2D;
  };
  const byHead = (x: Tensor2D): Tensor2D => tf.reshape(x, [x.size / headWidth, headWidth]);
  const keys = turned(byHead(k!), 1);
  const queries = tf.reshape(turned(byHead(q!), scale), [sequences * keyValueHeads, group, headWidth]);
  const seen = cache.next(shape, keys, byHead(v!), window);
  const scores = rowProduct(queries, seen.k, true);
  const p = tf.softmax(seen.bias ? tf.add(scores, seen.bias) : scores);
  return tf.reshape(rowProduct(p, seen.v), [sequences, heads * headWidth]);
}
