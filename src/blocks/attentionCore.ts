/**
 * The products of attention, head by head:   P = softmax(Q Kᵀ + mask),   O = P V.
 *
 *   dV = Pᵀ dO,   dS = P ∘ (dO Vᵀ − Σ (dO ∘ O)),   dQ = dS K,   dK = dSᵀ Q.
 *
 * The first query sees one key, so that its P is 1 whatever its score and its row of dS is 0. Its dO is left out of dS, because the
 * difference of the two terms would be rounding noise, which Adam magnifies to full steps where nothing else has a gradient.
 *
 * Tensors are [.., rows, width], every leading axis one more head. Two writings of the same formulas: batched products, and
 * two-dimensional ones for wasm, whose batched products and transposes of long rows are slow. There dV = (dOᵀ P)ᵀ and
 * dK = (Qᵀ dS)ᵀ, so that what is transposed has length · width numbers, never length · length.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { cached } from '../tensor/cached.ts';
import { isWasm, scoped } from '../tensor/engine.ts';
import { cut } from '../tensor/product.ts';

interface AttentionSaved {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly o: Tensor;
  readonly p: Tensor | readonly Tensor[];
}

export interface AttentionCore {
  forward(q: Tensor, k: Tensor, v: Tensor, length: number, group: number): { o: Tensor; p: Tensor | Tensor[] };
  backward(dO: Tensor, saved: AttentionSaved): { dq: Tensor; dk: Tensor; dv: Tensor };
}

export const attentionCore = (): AttentionCore => (isWasm() ? headByHead : batched);

/** 0 where a query may look, −1e9 where the key lies after it; the rows of a group repeat: [group · length, length]. */
const causalMask = (length: number, group: number): Tensor2D =>
  cached(`causal/${length}/${group}`, () =>
    tf.tensor2d(
      Float32Array.from({ length: group * length * length }, (_, i) =>
        i % length <= Math.floor(i / length) % length ? 0 : -1e9,
      ),
      [group * length, length],
    ),
  ) as Tensor2D;

/** The rows of dO, but 0 for the first query of every sequence. */
function pastFirst(dO: Tensor, k: Tensor): Tensor {
  const [length, rows] = [k.shape.at(-2)!, dO.shape.at(-2)!];
  const past = cached(`pastFirst/${length}/${rows}`, () =>
    tf.tensor2d(
      Float32Array.from({ length: rows }, (_, i) => Number(i % length > 0)),
      [rows, 1],
    ),
  );
  return tf.mul(dO, past);
}

const batched: AttentionCore = {
  forward(q, k, v, length, group) {
    const p = tf.softmax(tf.add(tf.matMul(q, k, false, true), causalMask(length, group)));
    return { o: tf.matMul(p, v), p };
  },
  backward(dO, saved) {
    const { q, k, v, o } = saved;
    const p = saved.p as Tensor;
    const past = pastFirst(dO, k);
    const inside = tf.sum(tf.mul(past, o), -1, true);
    const ds = tf.mul(p, tf.sub(tf.matMul(past, v, false, true), inside));
    return { dq: tf.matMul(ds, k), dk: tf.matMul(ds, q, true), dv: tf.matMul(p, dO, true) };
  },
};

/** The last two axes of x, for the i-th of all the others. */
function head(x: Tensor, i: number): Tensor2D {
  const [rows, width] = x.shape.slice(-2) as [number, number];
  return cut(x, i * rows * width, [rows, width]) as Tensor2D;
}

const joined = (heads: Tensor2D[], like: Tensor): Tensor => tf.reshape(tf.concat(heads, 0), like.shape);

const headByHead: AttentionCore = {
  forward(q, k, v, length, group) {
    const [rows, width] = k.shape.slice(-2) as [number, number];
    const count = k.size / rows / width;
    const mask = causalMask(length, group);
    const heads = Array.from({ length: count }, (_, i) =>
      scoped(() => {
        const p = tf.softmax(tf.add(tf.matMul(head(q, i), tf.transpose(head(k, i))), mask)) as Tensor2D;
        return { p, o: tf.matMul(p, head(v, i)) as Tensor2D };
      })(),
    );
    return {
      o: joined(
        heads.map(({ o }) => o),
        q,
      ),
      p: heads.map(({ p }) => p),
    };
  },
  backward(dO, saved) {
    const { q, k, v, o } = saved;
    const past = pastFirst(dO, k);
    const inside = tf.sum(tf.mul(past, o), -1, true);
    const heads = (saved.p as Tensor2D[]).map((p, i) =>
      scoped(() => {
        const d = head(dO, i);
        const dP = tf.matMul(head(past, i), tf.transpose(head(v, i)));
        const ds = tf.mul(tf.sub(dP, head(inside, i)), p) as Tensor2D;
        return {
          dq: tf.matMul(ds, head(k, i)) as Tensor2D,
          dk: tf.transpose(tf.matMul(tf.transpose(head(q, i)), ds)) as Tensor2D,
          dv: tf.transpose(tf.matMul(tf.transpose(d), p)) as Tensor2D,
        };
      })(),
    );
    return {
      dq: joined(
        heads.map(({ dq }) => dq),
        q,
      ),
      dk: joined(
        heads.map(({ dk }) => dk),
        k,
      ),
      dv: joined(
        heads.map(({ dv }) => dv),
        v,
      ),
    };
  },
};
