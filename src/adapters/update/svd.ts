/**
 * AdaLoRA's update, arXiv:2303.10512 §3.1, in the form of a singular value decomposition:   Δ(x) = s ((xQ) ∘ λ) P.
 *
 * Q [in, r] ('down'), λ [r] ('singular'), P [r, out] ('up'); s = α / (initial rank + 1e-5) for ever, as the official code and PEFT
 * have it. Start: P, Q ~ N(0, 0.02²), λ = 0.
 *
 * It is a product with the thin matrices Q and U = λ ∘ P (rows of P scaled), whose gradients lead to these:   dP = λ ∘ dU,   dλ = Σ P ∘ dU
 * over the outputs.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { scalar, scoped } from '../../tensor/engine.ts';
import { laneFactor } from '../../tensor/laneMatMul.ts';
import { lowRankProduct } from '../../tensor/lowRankProduct.ts';
import { product } from '../../tensor/product.ts';
import { createParameters, outlineOf } from '../outline.ts';
import type { Place, Site, SiteContext, Update, UpdateRule } from '../types.ts';
import { columnNormsOf } from './columnNorms.ts';
import { checkAlpha, checkRank } from './rank.ts';

export interface SvdOptions {
  /** Initial rank of every site. */
  readonly rank: number;
  /** α of the scale; 2 · rank unless given. */
  readonly alpha?: number;
  /** Standard deviation of P and Q at the start. */
  readonly sigma?: number;
}

export function svd({ rank, alpha = 2 * rank, sigma = 0.02 }: SvdOptions): UpdateRule {
  checkRank(rank, 'svd');
  checkAlpha(alpha, 'svd');
  const scale = alpha / (rank + 1e-5);
  const derived = { rank, alpha, scale };
  return {
    spec: { type: 'svd', rank, alpha, sigma, scale },
    sites: ['linear', 'conv2d', 'embedding'],
    targets: null,
    starts: { equalToBase: true, mayStayStill: [] },
    outline: ({ shape }) => outlineOf({ trained: shapesOf(shape, rank), savedPerRow: rank, derived }),
    create: (site, context) => createSvd(site, context, derived, sigma),
  };
}

const shapesOf = ([inputs, outputs]: Place['shape'], rank: number): Record<'down' | 'singular' | 'up', number[]> => ({
  down: [inputs, rank],
  singular: [rank],
  up: [rank, outputs],
});

function createSvd(
  site: Site,
  context: SiteContext,
  derived: { rank: number; alpha: number; scale: number },
  sigma: number,
): Update {
  const { arena, random } = context;
  const { rank, scale } = derived;
  const [inputs, outputs] = site.shape;
  const normal = (size: number, lane: number, purpose: string): Float32Array =>
    random(lane, purpose).fillNormal(new Float32Array(size), sigma);
  const { down, singular, up } = createParameters(site, context, shapesOf(site.shape, rank), {
    down: (lane) => normal(inputs * rank, lane, 'down'),
    singular: () => new Float32Array(rank),
    up: (lane) => normal(rank * outputs, lane, 'up'),
  });
  const norms = columnNormsOf(site, arena, scale);
  /** λ ∘ P: the rows of P scaled, [r, out] or [lanes, r, out]. */
  const scaledUp = (): tf.Tensor => tf.mul(up.value, column());
  const column = (): tf.Tensor => tf.reshape(singular.value, up.value.rank === 3 ? [up.lanes, rank, 1] : [rank, 1]);
  const thin = lowRankProduct(scale);
  /** Of Q and of λ ∘ P. */
  const accumulate = (dDown: tf.Tensor, dUp: tf.Tensor): void => {
    down.accumulate(dDown);
    up.accumulate(tf.mul(dUp, column()));
    singular.accumulate(tf.reshape(tf.sum(tf.mul(dUp, up.value), -1), singular.value.shape));
  };

  return {
    replaces: false,
    parameters: [down, singular, up],
    derived,
    residual: null,
    forward(x) {
      const factor = scaledUp();
      const { y, u } = thin.forward(x, down.value, factor);
      return { y, saved: { u, factor } };
    },
    backward(dy, x, saved, wantsInput) {
      const { u, factor } = saved as { u: Tensor2D; factor: tf.Tensor };
      const { dDown, dUp, dx } = thin.backward(dy, x, u, down.value, factor, { down: true, input: wantsInput });
      accumulate(dDown!, dUp);
      return dx;
    },
    delta: scoped((lane: number) =>
      tf.mul(product(laneFactor(down.value, lane), laneFactor(scaledUp(), lane)), scalar(scale)),
    ),
    shift: null,
    columnNorms: scoped(() => norms.forward(down.value, scaledUp())),
    columnNormsBack(dNorms, made) {
      const { dDown, dUp } = norms.backward(dNorms, made, down.value, scaledUp());
      accumulate(dDown, dUp);
    },
  };
}
