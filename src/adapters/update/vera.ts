/**
 * VeRA, arXiv:2310.11454 Eq. 2:   Δ(x) = (((xA) ∘ d) B) ∘ b,   A [in, r] and B [r, out] random, frozen and the same everywhere,
 * d [r] and b [out] trained. Start: d = 0.1, b = 0.
 *
 * A site takes the first rows of A and the first columns of B, so that sites of all widths share one pair of matrices. They are
 * drawn from a seed of their own: all sites, lanes and runs have the same. Kaiming-uniform as in PEFT, U(±√(6/fanIn)); departure:
 * A's fan-in is the site's own width, not that of the widest site, so that what a site gets does not depend on the others.
 */
import { RequestError } from '../../errors.ts';
import { scale, timesFrozen } from '../differentiable.ts';
import { updateByFormula } from '../localTape.ts';
import { createParameters, outlineOf } from '../outline.ts';
import type { Outline, Place, UpdateRule } from '../types.ts';
import { drawnProjections, type Projections, sharedTensors } from './projections.ts';
import { checkRank } from './rank.ts';

/** Two roles of its own: d scales what A gives, b what B gives. */
const shapesOf = ({ shape: [, outputs] }: Place, rank: number): Record<'downScale' | 'upScale', number[]> => ({
  downScale: [rank],
  upScale: [outputs],
});

export interface VeraOptions {
  /** Width of the frozen projections; 256 in the paper and PEFT. */
  readonly rank: number;
  /** Every number of d at the start. */
  readonly start?: number;
  /** A and B, drawn from `projectionSeed` unless given. */
  readonly projectionSeed?: number;
  readonly projections?: Projections;
}

export interface VeraRule extends UpdateRule {
  readonly projections: Projections;
}

export const isVera = (rule: UpdateRule): rule is VeraRule => rule.spec.type === 'vera' && 'projections' in rule;

export function vera({ rank, start = 0.1, projectionSeed = 0, projections }: VeraOptions): VeraRule {
  checkRank(rank, 'vera');
  if (!Number.isFinite(start)) throw new RequestError(`VeRA's d must start at a number, not ${start}`);
  const source = projections ?? drawnProjections(projectionSeed);
  const shared = sharedTensors();
  const outline = (place: Place): Outline =>
    outlineOf({
      trained: shapesOf(place, rank),
      shared: { down: [place.shape[0], rank], up: [place.shape[1], rank] },
      derived: { rank },
    });
  return {
    projections: source,
    spec: { type: 'vera', rank, start, projections: source.spec },
    sites: ['linear'],
    targets: null,
    starts: { equalToBase: true, mayStayStill: [] },
    outline,
    create(site, context) {
      const [inputs, outputs] = site.shape;
      const parameters = createParameters(site, context, shapesOf(site, rank), {
        downScale: () => new Float32Array(rank).fill(start),
        upScale: () => new Float32Array(outputs),
      });
      const down = shared(context.arena, 'down', [inputs, rank], () => source.down(inputs, rank));
      const up = shared(context.arena, 'up', [outputs, rank], () => source.up(outputs, rank)); // Bᵀ, cut by rows as A is
      const update = updateByFormula(site, parameters, (x, { downScale, upScale }) =>
        scale(timesFrozen(scale(x.timesFrozen(down), downScale), up, true), upScale),
      );
      return { ...update, derived: { rank } };
    },
  };
}
