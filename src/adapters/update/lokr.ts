/**
 * LoKr (KronA, arXiv:2212.10650; LyCORIS, arXiv:2309.14859 §3.1): the Kronecker product of two matrices,
 *
 *   ΔW = s (L ⊗ R),   L [m, l], R [n, k], m n = in, l k = out, s = α/r,
 *
 * as PEFT has it: each width is split into two factors, the smaller of which is L's. R is a product of rank r where r is below half of
 * R's longer side, and so is L where that is asked for (`decomposeBoth`). Start: L = 0 (its factor of the outputs, where there are
 * two), the rest U(±1/√fan-in) with the fan-in of the stored form.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../../errors.ts';
import { checkNames } from '../../optionNames.ts';
import { scalar } from '../../tensor/engine.ts';
import { kronecker, matMul } from '../differentiable.ts';
import { kaimingUniform } from '../init/kaimingUniform.ts';
import { updateByFormula } from '../localTape.ts';
import { createParameters, outlineOf } from '../outline.ts';
import type { Place, Shapes, UpdateRule } from '../types.ts';
import { checkAlpha, checkRank, type PatternedRank, rankAt } from './rank.ts';

export interface LokrOptions extends PatternedRank {
  /** The smaller factor of each width, where it divides the width; else, and unless given, the one nearest to the square root. */
  readonly decomposeFactor?: number;
  /** L is a product of rank r as well, where r is below half of its longer side. */
  readonly decomposeBoth?: boolean;
}

export function lokr(options: LokrOptions): UpdateRule {
  checkNames('a LoKr update', options, [
    'rank',
    'alpha',
    'rankPattern',
    'alphaPattern',
    'decomposeFactor',
    'decomposeBoth',
  ]);
  const { rank, alpha = 2 * rank, rankPattern = {}, alphaPattern = {} } = options;
  const { decomposeFactor = -1, decomposeBoth = false } = options;
  checkRank(rank, 'lokr');
  checkAlpha(alpha, 'lokr');
  if (!Number.isInteger(decomposeFactor) || (decomposeFactor < 1 && decomposeFactor !== -1))
    throw new RequestError(
      `decomposeFactor is a whole number of at least 1, or -1 for the square root, not ${decomposeFactor}`,
    );
  return {
    spec: { type: 'lokr', rank, alpha, rankPattern, alphaPattern, decomposeFactor, decomposeBoth },
    sites: ['linear'],
    targets: null,
    starts: { equalToBase: true, mayStayStill: [] },
    outline(place) {
      const derived = rankAt(place.name, options);
      return outlineOf({ trained: shapesOf(place, derived.rank, options), derived });
    },
    create(site, context) {
      const derived = rankAt(site.name, options);
      const shapes = shapesOf(site, derived.rank, options);
      const starts = Object.entries(shapes).map(([role, [rows, columns]]) => {
        const size = rows! * columns!;
        const isZero = role === 'left' || role === 'leftUp';
        // torch has it turned, so that the fan-in is our first axis
        const fill = (lane: number): Float32Array =>
          isZero ? new Float32Array(size) : kaimingUniform().fill(size, rows!, context.random(lane, role));
        return [role, fill] as const;
      });
      const parameters = createParameters(site, context, shapes, Object.fromEntries(starts));
      const update = updateByFormula(site, parameters, (x, values: { readonly [role: string]: Tensor | undefined }) => {
        const left = values.left ?? matMul(values.leftDown!, values.leftUp!);
        const right = values.right ?? matMul(values.rightDown!, values.rightUp!);
        return tf.mul(x.times(kronecker(left, right)), scalar(derived.scale)) as Tensor2D;
      });
      return { ...update, derived };
    },
  };
}

/** The roles follow from the shape: each of L and R is there whole, or as two factors. */
function shapesOf(
  { shape }: Place,
  rank: number,
  { decomposeFactor = -1, decomposeBoth = false }: LokrOptions,
): Shapes {
  const [[m, n], [l, k]] = shape.map((width) => factorization(width, decomposeFactor)) as [Pair, Pair];
  const isLeftWhole = !decomposeBoth || rank >= Math.max(m, l) / 2;
  const isRightWhole = rank >= Math.max(n, k) / 2;
  return {
    ...(isLeftWhole ? { left: [m, l] } : { leftDown: [m, rank], leftUp: [rank, l] }),
    ...(isRightWhole ? { right: [n, k] } : { rightDown: [n, rank], rightUp: [rank, k] }),
  };
}

type Pair = readonly [number, number];

/**
 * A width as a product, the smaller factor first: `factor` itself where it divides the width, else the divisors with the smallest
 * sum whose smaller one is at most `factor` (any, for −1), found as LyCORIS does by going up from 1.
 */
export function factorization(width: number, factor: number): Pair {
  if (factor > 0 && width % factor === 0) return [factor, width / factor];
  const most = factor === -1 ? width : factor;
  let found: Pair = [1, width];
  while (found[0] < found[1]) {
    let smaller = found[0] + 1;
    while (width % smaller !== 0) smaller++;
    const other = width / smaller;
    if (smaller + other > found[0] + found[1] || smaller > most) break;
    found = [smaller, other];
  }
  return found[0] > found[1] ? [found[1], found[0]] : found;
}
