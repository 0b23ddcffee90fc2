/**
 * loralib's MergedLinear: one kernel whose outputs fall into n equal blocks, some of which get a low-rank update of their own.
 *
 *   Δ(x) = [Δ₁(x), 0, Δ₃(x)],   Δⱼ(x) = s (x Aⱼ) Bⱼ,   s = α/r,
 *
 * held as loralib holds it: A [in, r·E] has the Aⱼ of the E enabled blocks side by side, B [r, (out/n)·E] their Bⱼ. Start: A
 * Kaiming-uniform, B zero. Blocks that a family knows by name (c_attn:query) can be adapted without it (fused.ts).
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../../errors.ts';
import { checkNames } from '../../optionNames.ts';
import { scalar } from '../../tensor/engine.ts';
import { times } from '../differentiable.ts';
import { kaimingUniform } from '../init/kaimingUniform.ts';
import { updateByFormula } from '../localTape.ts';
import { createParameters, outlineOf } from '../outline.ts';
import type { Place, UpdateRule } from '../types.ts';
import { checkAlpha, checkRank } from './rank.ts';

export interface MergedLinearOptions {
  /** Of each enabled block. */
  readonly rank: number;
  /** α of the scale; 2 · rank unless given. */
  readonly alpha?: number;
  /** Which of the blocks are adapted; as many entries as there are blocks. */
  readonly enabled: readonly boolean[];
}

export function mergedLinear(options: MergedLinearOptions): UpdateRule {
  checkNames('a merged linear update', options, ['rank', 'alpha', 'enabled']);
  const { rank, alpha = 2 * rank, enabled } = options;
  checkRank(rank, 'mergedLinear');
  checkAlpha(alpha, 'mergedLinear');
  if (!Array.isArray(enabled) || enabled.some((on) => typeof on !== 'boolean') || !enabled.includes(true))
    throw new RequestError('enabled is a list of true and false, one for each block of outputs, and at least one true');
  const scale = alpha / rank;
  const derived = { rank, alpha, scale };
  const blocks = enabled.filter(Boolean).length;
  const shapesOf = ({ name, shape: [inputs, outputs] }: Place): Record<'down' | 'up', number[]> => {
    if (outputs % enabled.length !== 0)
      throw new RequestError(`the ${outputs} outputs of ${name} do not fall into ${enabled.length} equal blocks`);
    return { down: [inputs, rank * blocks], up: [rank, (outputs / enabled.length) * blocks] };
  };
  return {
    spec: { type: 'mergedLinear', rank, alpha, scale, enabled },
    sites: ['linear'],
    targets: null,
    starts: { equalToBase: true, mayStayStill: [] },
    outline: (place) => outlineOf({ trained: shapesOf(place), derived }),
    create(site, context) {
      const [inputs, outputs] = site.shape;
      const width = outputs / enabled.length;
      const shapes = shapesOf(site);
      const parameters = createParameters(site, context, shapes, {
        down: (lane) => kaimingUniform().fill(inputs * rank * blocks, inputs, context.random(lane, 'down')),
        up: () => new Float32Array(rank * width * blocks),
      });
      const update = updateByFormula(site, parameters, (x, { down, up }) => {
        const u = tf.mul(x.times(down), scalar(scale));
        let block = -1;
        const pieces = enabled.map((on) => {
          if (!on) return tf.zeros([u.shape[0]!, width]);
          block++;
          return times(columns(u, block * rank, rank) as Tensor2D, columns(up, block * width, width));
        });
        return tf.concat(pieces, 1) as Tensor2D;
      });
      return { ...update, derived };
    },
  };
}

/** A range of the last axis. */
const columns = (x: Tensor, from: number, size: number): Tensor =>
  tf.slice(x, [...x.shape.slice(1).map(() => 0), from], [...x.shape.slice(0, -1), size]);
