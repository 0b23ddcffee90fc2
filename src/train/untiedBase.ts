/**
 * A base whose output layer shares the embedding's table, with an output layer of its own that starts with the same numbers: for an
 * adapter on one of the two alone, and for what becomes of a shared table when only the embedding was changed.
 */
import { isTarget, type Targets } from '../adapters/targets.ts';
import { isInWhole } from '../adapters/wholeSites.ts';
import { architectureOf, textArchitecture } from '../families/index.ts';
import { sitesOf } from '../families/sites.ts';
import { sharedName, untied } from '../families/untied.ts';
import type { Base } from './base.ts';

/** Shares every number with `base`, which must outlive it; disposing of it frees nothing. */
export function untiedBase(base: Base): Base {
  if (!base.architecture.tied) return base;
  const { weights } = base;
  const config = untied(base.config);
  const own = textArchitecture(architectureOf(config));
  const { names, vocabulary, width } = own;
  const nameOf = sharedName(base.architecture, own);
  return {
    ...base,
    config,
    architecture: own,
    sites: sitesOf(own),
    parameters: base.parameters + vocabulary * width,
    bytes: base.bytes + 4 * vocabulary * width,
    weights: {
      ...weights,
      table: (name) => weights.table(name === names.head ? names.embedding : name),
      vector: (name) => weights.vector(nameOf(name)),
      has: (name) => weights.has(nameOf(name)),
    },
    dispose: () => {},
  };
}

/**
 * The base that targets are put on: with an output layer of its own where they ask for one of a pair that shares a table. PEFT puts
 * an adapter on a shared output layer as on any other, and trains modules as a whole in copies.
 */
export function baseForTargets(base: Base, targets: Targets): Base {
  if (!base.architecture.tied) return base;
  const { names } = textArchitecture(base.architecture);
  const head = { name: names.head, kind: 'linear', isHead: true } as const;
  const embedding = { name: names.embedding, kind: 'embedding' } as const;
  const asksForOne =
    (targets.targets !== 'all' && isTarget(head, targets)) ||
    [head, embedding].some((site) => isInWhole(site, targets.whole ?? []));
  return asksForOne ? untiedBase(base) : base;
}
