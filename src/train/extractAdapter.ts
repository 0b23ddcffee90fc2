/**
 * A LoRA from two full checkpoints, a base and one that was fine-tuned from it: the leading part of the singular value decomposition
 * of the difference of each kernel. What such an adapter cannot carry is reported.
 */
import tf from '@tensorflow/tfjs';
import { checkCutoff, factorsOfSvd, type SiteError } from '../adapters/lowRankApproximation.ts';
import type { LowRankFactors } from '../adapters/lowRankFactors.ts';
import { isTarget, type TargetNames } from '../adapters/targets.ts';
import { RequestError } from '../errors.ts';
import { type Cutoff, leadingSvd } from '../tensor/leadingSvd.ts';
import { readOnce } from '../tensor/readOnce.ts';
import type { Base } from './base.ts';
import type { NewAdapter } from './combineAdapters.ts';
import { modelOfFactors } from './lowRankModel.ts';

export type ExtractOptions = Cutoff & {
  /** Whose differences are taken; 'all-linear' unless given, which leaves the head out. */
  readonly targets?: TargetNames;
};

export interface Extracted extends NewAdapter {
  /** Sites that differ and are not in the adapter: gains, biases, and what was no target. */
  readonly left: readonly LeftDifference[];
  /** Targets that are equal in both, and get nothing. */
  readonly unchanged: readonly string[];
}

export interface LeftDifference {
  readonly site: string;
  readonly kind: string;
  /** ‖tuned − base‖ / ‖base‖; the norm of the difference itself where the base is 0. */
  readonly relativeDifference: number;
}

/** Throws a RequestError where the two are not of one shape, nothing differs, or the cutoff is none. */
export function extractAdapter(
  base: Base,
  tuned: Base,
  { targets = 'all-linear', ...cutoff }: ExtractOptions,
): Extracted {
  checkCutoff(cutoff);
  checkAlike(base, tuned);
  const factors: LowRankFactors[] = [];
  const errors: SiteError[] = [];
  const left: LeftDifference[] = [];
  const unchanged: string[] = [];
  for (const site of base.sites) {
    const { name, kind, shape } = site;
    const before = numbers(base, site);
    const after = numbers(tuned, site);
    const difference = after.map((value, i) => value - before[i]!);
    const size = norm(difference);
    const isWanted = kind !== 'vector' && isTarget(site, { targets });
    if (size === 0) {
      if (isWanted) unchanged.push(name);
    } else if (isWanted) {
      const found = leadingSvd(difference, shape[0], shape[1], cutoff);
      factors.push(factorsOfSvd(site, found));
      errors.push({ site: name, rank: found.s.length, relativeError: found.relativeError });
    } else left.push({ site: name, kind, relativeDifference: size / (norm(before) || 1) });
  }
  if (factors.length === 0)
    throw new RequestError(
      `none of the targets differs between the two checkpoints${left.length > 0 ? `; only ${left.map(({ site }) => site).join(', ')} does` : ''}`,
    );
  return { model: modelOfFactors(base, factors), errors, left, unchanged };
}

function checkAlike(base: Base, tuned: Base): void {
  const shapes = new Map(tuned.sites.map(({ name, shape }) => [name, shape]));
  const other = base.sites.find(({ name, shape }) => shapes.get(name)?.join() !== shape.join());
  if (other || shapes.size !== base.sites.length)
    throw new RequestError(
      `the two checkpoints are not of one network: ${other ? `${other.name} is [${other.shape.join(', ')}] in one and [${shapes.get(other.name)?.join(', ') ?? 'missing'}] in the other` : 'the second has more sites'}`,
    );
}

/** Row-major in the site's own shape. */
function numbers({ weights }: Base, { name, kind }: Base['sites'][number]): Float32Array {
  if (kind === 'vector') return weights.vector(name);
  const held = kind === 'embedding' ? weights.table(name) : weights.kernel(name);
  return readOnce(() => held.use((matrix) => tf.clone(matrix)));
}

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
