/**
 * The products of attention, head by head:   P = softmax(Q Kᵀ + bias),   O = P V.
 *
 *   dV = Pᵀ dO,   dS = P ∘ (dO Vᵀ − Σ (dO ∘ O)),   dQ = dS K,   dK = dSᵀ Q.
 *
 * A query that sees one key has P = 1 whatever its score, and its row of dS is 0. Its dO is left out of dS, because the difference of
 * the two terms would be rounding noise, which Adam magnifies to full steps where nothing else has a gradient.
 *
 * Tensors are [sequences, keys' heads, rows, width]. Two writings of the same formulas: batched products, and two-dimensional ones
 * for wasm, whose batched products are slow. There a right factor that is new is packed first, at 4 ns a number; to transpose one costs
 * 2. So what has length · length numbers is always the left factor, and transposed where it has to be; K and V, which have few, are
 * transposed for all heads at once.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { isWasm, scoped } from '../tensor/engine.ts';
import { cut } from '../tensor/product.ts';
import type { Visibility } from './visibility.ts';

interface AttentionSaved {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly o: Tensor;
  readonly p: Tensor | readonly Tensor[];
}

export interface AttentionCore {
  forward(q: Tensor, k: Tensor, v: Tensor, bias: Visibility['bias']): { o: Tensor; p: Tensor | Tensor[] };
  backward(dO: Tensor, saved: AttentionSaved, choosing: Visibility['choosing']): { dq: Tensor; dk: Tensor; dv: Tensor };
}

export const attentionCore = (): AttentionCore => (isWasm() ? headByHead : batched);

const ofChoosing = (dO: Tensor, choosing: Tensor | null): Tensor => (choosing ? tf.mul(dO, choosing) : dO);
const biased = (scores: Tensor, bias: Tensor | null): Tensor => (bias ? tf.add(scores, bias) : scores);

const batched: AttentionCore = {
  forward(q, k, v, bias) {
    const p = tf.softmax(biased(tf.matMul(q, k, false, true), bias));
    return { o: tf.matMul(p, v), p };
  },
  backward(dO, saved, choosing) {
    const { q, k, v, o } = saved;
    const p = saved.p as Tensor;
    const chosen = ofChoosing(dO, choosing);
    const inside = tf.sum(tf.mul(chosen, o), -1, true);
    const ds = tf.mul(p, tf.sub(tf.matMul(chosen, v, false, true), inside));
    return { dq: tf.matMul(ds, k), dk: tf.matMul(ds, q, true), dv: tf.matMul(p, dO, true) };
  },
};

/** The last two axes of x, for the i-th of all the others. */
function head(x: Tensor, i: number): Tensor2D {
  const [rows, width] = x.shape.slice(-2) as [number, number];
  return cut(x, i * rows * width, [rows, width]) as Tensor2D;
}

/** Each head of x transposed: [.., rows, width] -> [.., width, rows]. */
const turned = (x: Tensor): Tensor => tf.transpose(x, [0, 1, 3, 2]);

const joined = (heads: Tensor2D[], like: Tensor): Tensor => tf.reshape(tf.concat(heads, 0), like.shape);

const headByHead: AttentionCore = {
  forward(q, k, v, bias) {
    const [sequences, heads] = k.shape;
    const each = bias && bias.rank > 2 ? Array.from({ length: sequences }, (_, s) => head(bias, s)) : null;
    const kT = turned(k);
    const results = Array.from({ length: sequences * heads! }, (_, i) =>
      scoped(() => {
        const scores = tf.matMul(head(q, i), head(kT, i));
        const p = tf.softmax(biased(scores, each ? each[Math.floor(i / heads!)]! : bias)) as Tensor2D;
        return { p, o: tf.matMul(p, head(v, i)) as Tensor2D };
      })(),
    );
    return {
      o: joined(
        results.map(({ o }) => o),
        q,
      ),
      p: results.map(({ p }) => p),
    };
  },
  backward(dO, saved, choosing) {
    const { q, k, v, o } = saved;
    const chosen = ofChoosing(dO, choosing);
    const inside = tf.sum(tf.mul(chosen, o), -1, true);
    const vT = turned(v);
    const heads = (saved.p as Tensor2D[]).map((p, i) =>
      scoped(() => {
        const dP = tf.matMul(head(chosen, i), head(vT, i));
        const ds = tf.mul(tf.sub(dP, head(inside, i)), p) as Tensor2D;
        return {
          dq: tf.matMul(ds, head(k, i)) as Tensor2D,
          dk: tf.matMul(tf.transpose(ds), head(q, i)) as Tensor2D,
          dv: tf.matMul(tf.transpose(p), head(dO, i)) as Tensor2D,
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
