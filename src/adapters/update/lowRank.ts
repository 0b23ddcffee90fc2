/**
 * LoRA, arXiv:2106.09685:   Δ(x) = s (xA) B,   A [in, r], B [r, out], s = α/r (rsLoRA: α/√r).
 *
 * With u = s xA:   dB = uᵀ dy,   du = s dy Bᵀ,   dA = xᵀ du,   dx = du Aᵀ.
 *
 * A compensated start adds a frozen term −s (xA₀) B₀ with the same numbers, so that the network starts at the base and the
 * kernel, which all lanes share, is not edited.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { scalar, scoped } from '../../tensor/engine.ts';
import { laneFactor, laneMatMul, laneOuter } from '../../tensor/laneMatMul.ts';
import { product } from '../../tensor/product.ts';
import { type FactorInit, kaimingZero } from '../init/arms.ts';
import { gaussian } from '../init/gaussian.ts';
import { zero } from '../init/zero.ts';
import { createParameters, outlineOf } from '../outline.ts';
import { checkNames } from '../../optionNames.ts';
import type { Outline, Place, Site, SiteContext, Starts, Update, UpdateRule } from '../types.ts';
import { columnNormsOf } from './columnNorms.ts';
import { checkAlpha, checkRank, rankAt, type RankOptions } from './rank.ts';

export interface LowRankOptions extends RankOptions {
  /** Kaiming-uniform A, zero B unless given; an embedding then starts the other way round, with B ~ N(0, 1). */
  readonly init?: FactorInit;
}

export function lowRank(options: LowRankOptions): UpdateRule {
  checkNames('a low-rank update', options, ['rank', 'alpha', 'scaling', 'rankPattern', 'alphaPattern', 'init']);
  checkRank(options.rank, 'lowRank');
  const {
    rank,
    alpha = 2 * rank,
    scaling = 'rank',
    rankPattern = {},
    alphaPattern = {},
    init = kaimingZero(),
  } = options;
  checkAlpha(alpha, 'lowRank');
  return {
    spec: {
      type: 'lowRank',
      rank,
      alpha,
      scaling,
      scale: alpha / (scaling === 'rank' ? rank : Math.sqrt(rank)),
      rankPattern,
      alphaPattern,
      init: {
        down: init.down.spec,
        up: init.up.spec,
        compensated: init.compensated ?? false,
      },
    },
    sites: ['linear', 'conv2d', 'embedding'],
    starts: startsOf(init),
    outline: (place) => outline(place, options, init),
    create: (site, context) => createLowRank(site, context, options, init),
  };
}

function startsOf({ down, up, compensated }: FactorInit): Starts {
  return {
    equalToBase: down.isZero || up.isZero || (compensated ?? false),
    mayStayStill: down.isZero && up.isZero ? ['down', 'up'] : [],
  };
}

const shapesOf = ([inputs, outputs]: Place['shape'], rank: number): { down: number[]; up: number[] } => ({
  down: [inputs, rank],
  up: [rank, outputs],
});

function outline({ name, shape }: Place, options: LowRankOptions, { compensated }: FactorInit): Outline {
  const derived = rankAt(name, options);
  const trained = shapesOf(shape, derived.rank);
  return outlineOf({ trained, frozen: compensated ? trained : {}, savedPerRow: derived.rank, derived });
}

function createLowRank(site: Site, context: SiteContext, options: LowRankOptions, given: FactorInit): Update {
  const { arena, random } = context;
  const derived = rankAt(site.name, options);
  const { rank, scale } = derived;
  const [inputs, outputs] = site.shape;
  const reversed = site.kind === 'embedding' && !options.init;
  const init: FactorInit = reversed ? { down: zero(), up: gaussian({ sigma: 1 }) } : given;
  const fillDown = (lane: number): Float32Array => init.down.fill(inputs * rank, inputs, random(lane, 'down'));
  const fillUp = (lane: number): Float32Array => init.up.fill(rank * outputs, rank, random(lane, 'up'));
  const shapes = shapesOf(site.shape, rank);
  const { down, up } = createParameters(site, context, shapes, { down: fillDown, up: fillUp });
  const frozen = init.compensated
    ? { down: arena.constant(shapes.down, fillDown), up: arena.constant(shapes.up, fillUp) }
    : null;
  const norms = columnNormsOf(site, arena);

  return {
    replaces: false,
    parameters: [down, up],
    derived,
    forward(x) {
      const u = tf.mul(x.times(down.value), scalar(scale)) as Tensor2D;
      const y = laneMatMul(u, up.value);
      if (!frozen) return { y, saved: { u } };
      const start = laneMatMul(tf.mul(x.times(frozen.down), scalar(scale)), frozen.up);
      return { y: tf.sub(y, start) as Tensor2D, saved: { u } };
    },
    backward(dy, x, saved, wantsInput) {
      const { u } = saved as { u: Tensor2D };
      const du = tf.mul(laneMatMul(dy, up.value, true), scalar(scale)) as Tensor2D;
      up.accumulate(laneOuter(u, dy, up.lanes));
      down.accumulate(x.outer(du, down.lanes));
      if (!wantsInput) return null;
      const dx = x.back(du, down.value);
      if (!frozen || !dx) return dx;
      const duStart = tf.mul(laneMatMul(dy, frozen.up, true), scalar(scale)) as Tensor2D;
      return tf.sub(dx, x.back(duStart, frozen.down)!) as Tensor2D;
    },
    delta: scoped((lane: number) => {
      const of = (a: Tensor, b: Tensor): Tensor2D =>
        tf.mul(product(laneFactor(a, lane), laneFactor(b, lane)), scalar(scale));
      const change = of(down.value, up.value);
      return frozen ? (tf.sub(change, of(frozen.down, frozen.up)) as Tensor2D) : change;
    }),
    columnNorms: scoped(() => {
      if (!frozen) return norms(down.value, up.value, scale);
      const a = tf.concat([down.value, frozen.down], -1);
      const b = tf.concat([up.value, tf.neg(frozen.up)], -2);
      return norms(a, b, scale);
    }),
  };
}
