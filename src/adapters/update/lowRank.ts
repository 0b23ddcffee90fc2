/**
 * LoRA, arXiv:2106.09685:   Δ(x) = s ((xA) B + b),   A [in, r], B [r, out], s = α/r (rsLoRA: α/√r); b [out] only where asked for.
 *
 * With u = s xA:   dB = uᵀ dy,   du = s dy Bᵀ,   dA = xᵀ du,   dx = du Aᵀ,   db = s Σ dy.
 *
 * A compensated start takes s A₀ B₀ away from the kernel, as a frozen term of the same form (residual.ts), so that the network starts
 * at the base and the kernel, which all lanes share, is not edited.
 */
import tf, { type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../../errors.ts';
import { checkNames } from '../../optionNames.ts';
import type { Constant, Parameter } from '../../tensor/arena.ts';
import { scalar, scoped } from '../../tensor/engine.ts';
import { laneAdd, laneFactor, laneSumRows } from '../../tensor/laneMatMul.ts';
import { lowRankProduct } from '../../tensor/lowRankProduct.ts';
import { product } from '../../tensor/product.ts';
import { type FactorInit, factorStarts, initAt, isJoint, specOf } from '../init/factorInit.ts';
import { createConstants, createParameters, outlineOf } from '../outline.ts';
import type { Outline, Place, Site, SiteContext, Starts, Update, UpdateRule } from '../types.ts';
import { columnNormsOf } from './columnNorms.ts';
import { checkAlpha, checkRank, rankAt, type RankOptions } from './rank.ts';
import { lowRankResidual } from './residual.ts';

export interface LowRankOptions extends RankOptions {
  /** Kaiming-uniform A, zero B unless given; an embedding then starts the other way round, with B ~ N(0, 1). */
  readonly init?: FactorInit;
  /** B has a bias of its own, which starts at zero (PEFT's lora_bias). Not on embeddings. */
  readonly upBias?: boolean;
  /** A stays as it starts (LoRA-FA, arXiv:2308.03303). */
  readonly freezeDown?: boolean;
}

const names = ['rank', 'alpha', 'scaling', 'rankPattern', 'alphaPattern', 'init', 'upBias', 'freezeDown'];

export function lowRank(options: LowRankOptions): UpdateRule {
  checkNames('a low-rank update', options, names);
  checkRank(options.rank, 'lowRank');
  const { rank, alpha = 2 * rank, scaling = 'rank', rankPattern = {}, alphaPattern = {} } = options;
  const { upBias = false, freezeDown = false } = options;
  const init = initAt('linear', options.init);
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
      init: specOf(init),
      ...(upBias ? { upBias } : {}),
      ...(freezeDown ? { freezeDown } : {}),
    },
    sites: upBias ? ['linear', 'conv2d'] : ['linear', 'conv2d', 'embedding'],
    targets: null,
    starts: startsOf(init, freezeDown),
    outline: (place) => outline(place, options),
    create: (site, context) => createLowRank(site, context, options),
  };
}

function startsOf(init: FactorInit, freezeDown: boolean): Starts {
  if (isJoint(init)) return { equalToBase: true, mayStayStill: [] };
  const { down, up, compensated = false } = init;
  if (freezeDown && down.isZero)
    throw new RequestError('an A that starts at zero and stays there (freezeDown) leaves B without any gradient');
  return {
    equalToBase: down.isZero || up.isZero || compensated,
    mayStayStill: down.isZero && up.isZero ? ['down', 'up'] : [],
  };
}

function tensorsOf({ kind, shape }: Place, rank: number, options: LowRankOptions): Pick<Outline, 'trained' | 'frozen'> {
  const [inputs, outputs] = shape;
  const { upBias, freezeDown } = options;
  const init = initAt(kind, options.init);
  if (isJoint(init)) init.check({ shape, rank });
  const [down, up] = [
    [inputs, rank],
    [rank, outputs],
  ];
  return {
    trained: { ...(freezeDown ? {} : { down }), up, ...(upBias ? { upBias: [outputs] } : {}) },
    frozen: {
      ...(freezeDown ? { down } : {}),
      ...(init.compensated ? { downStart: down, upStart: up } : {}),
    },
  };
}

function outline(place: Place, options: LowRankOptions): Outline {
  const derived = rankAt(place.name, options);
  return outlineOf({ ...tensorsOf(place, derived.rank, options), savedPerRow: derived.rank, derived });
}

function createLowRank(site: Site, context: SiteContext, options: LowRankOptions): Update {
  const derived = rankAt(site.name, options);
  const { rank, scale } = derived;
  const { trained, frozen } = tensorsOf(site, rank, options);
  const filled = factorStarts(initAt(site.kind, options.init), site, derived, context.random);
  const upBiasStart = (): Float32Array => new Float32Array(site.shape[1]);
  const starts = { ...filled, downStart: filled.down, upStart: filled.up, upBias: upBiasStart };
  const constants = createConstants(site, context, frozen, starts);
  const parameters = createParameters(site, context, trained, starts);
  const { down: trainedDown, upBias } = parameters as { readonly [role: string]: Parameter | undefined };
  const up = parameters.up!;
  const down = trainedDown ?? constants.down!;
  const { downStart, upStart } = constants as { readonly [role: string]: Constant | undefined };
  const residual = downStart && upStart ? lowRankResidual(downStart, upStart, scale) : null;
  const norms = columnNormsOf(site, context.arena, scale);
  const delta = lowRankProduct(scale);
  /** The factors of ΔW with the residual in it: [A, A₀] and [B; −B₀]. */
  const wholeChange = (): [down: Tensor, up: Tensor] =>
    downStart && upStart
      ? [tf.concat([down.value, downStart.value], -1), tf.concat([up.value, tf.neg(upStart.value)], -2)]
      : [down.value, up.value];

  return {
    replaces: false,
    parameters: Object.values(parameters),
    derived,
    residual,
    forward(x) {
      const { y, u } = delta.forward(x, down.value, up.value);
      return { y: upBias ? laneAdd(y, tf.mul(upBias.value, scalar(scale))) : y, saved: { u } };
    },
    backward(dy, x, saved, wantsInput) {
      const { u } = saved as { u: Tensor2D };
      upBias?.accumulate(tf.mul(laneSumRows(dy, up.lanes), scalar(scale)));
      const wanted = { down: trainedDown !== undefined, input: wantsInput };
      const { dDown, dUp, dx } = delta.backward(dy, x, u, down.value, up.value, wanted);
      up.accumulate(dUp);
      if (dDown) trainedDown?.accumulate(dDown);
      return dx;
    },
    delta: scoped((lane: number) => {
      const change = tf.mul(product(laneFactor(down.value, lane), laneFactor(up.value, lane)), scalar(scale));
      return (residual ? tf.add(change, residual.matrix(lane)) : change) as Tensor2D;
    }),
    shift: upBias
      ? scoped((lane: number) => {
          const b = tf.reshape(laneFactor(upBias.value, lane), [site.shape[1]]);
          return tf.mul(b, scalar(scale)) as Tensor1D;
        })
      : null,
    columnNorms: scoped(() => norms.forward(...wholeChange())),
    columnNormsBack(dNorms, made) {
      const { dDown, dUp } = norms.backward(dNorms, made, ...wholeChange());
      up.accumulate(firstOf(dUp, up));
      trainedDown?.accumulate(firstOf(dDown, trainedDown));
    },
  };
}

/** Those of the first r ranks, of gradients of factors that have the start beside them. */
const firstOf = (gradient: Tensor, { value }: Constant): Tensor =>
  gradient.size === value.size
    ? gradient
    : tf.slice(
        gradient,
        gradient.shape.map(() => 0),
        value.shape,
      );
