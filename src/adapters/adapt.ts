/**
 * Puts methods on the sites of a network. The family asks it for each place; what it makes there, a site's adapter, can say what it
 * changes, be merged and be weakened or strengthened.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { frozenTableMap } from '../blocks/embedding.ts';
import type { SiteFitter } from '../blocks/fit.ts';
import { frozenHead, trainedHead } from '../blocks/head.ts';
import { frozenMap, withBias } from '../blocks/linearMap.ts';
import { frozenVector, type Vector } from '../blocks/vector.ts';
import type { Arena, Parameter } from '../tensor/arena.ts';
import { scoped } from '../tensor/engine.ts';
import { stream } from '../tensor/random.ts';
import { adaptedMap } from './adaptedMap.ts';
import { type AdaptedSite, adaptSite } from './adaptedSite.ts';
import { adaptedTable } from './adaptedTable.ts';
import { adaptedVector, changedVector } from './adaptedVector.ts';
import { type Arrangement, headByHead, partAfterPart } from './arrangement.ts';
import { fused } from './fused.ts';
import { choose, type Choice, type MethodFor } from './placement.ts';
import { withStrength } from './strength.ts';
import { tiedHead } from './tiedHead.ts';
import type { Method, Rescale, Site, SiteContext, Update } from './types.ts';

/** A site with what changes it: one method, or the methods of its parts together. */
export interface Adapter {
  readonly site: Site;
  /** The site itself, or the parts of a fused projection that are adapted, each with its own. */
  readonly sites: readonly AdaptedSite[];
  /** Of the first of `sites`. */
  readonly method: Method;
  readonly update: Update;
  readonly rescale: Rescale;
  readonly parameters: readonly Parameter[];
  /** How the outputs of the parts lie. */
  readonly arrangement: Arrangement;
  /** What the site's kernel would be with the change of a lane in it, as strong as it is now, [in, out]; the caller's. */
  merged(lane: number): Tensor2D;
}

export interface Adaptation {
  readonly fit: SiteFitter;
  /** In network order. */
  readonly adapters: readonly Adapter[];
  /** Share of every adapter's change that is applied, 1 unless set (strength.ts). For use after training. */
  strength: number;
  /** Frees the frozen vectors that were made for this network. */
  dispose(): void;
}

/** `methodFor` says which method a site gets, or null. `seeds`: one a lane. */
export function adapt(arena: Arena, seeds: readonly number[], methodFor: MethodFor): Adaptation {
  const adapters: Adapter[] = [];
  const vectors: Vector[] = [];
  const context = (name: string): SiteContext => ({
    arena,
    random: (lane, purpose) => stream(seeds[lane], 'init', name, purpose),
  });
  const put = (site: Site, { whole, parts }: Choice, arrangement = partAfterPart): Adapter => {
    const { update, rescale, sites } = whole
      ? adaptSite(site, whole, context(site.name))
      : fused(site, parts, context, arrangement);
    const adapter: Adapter = {
      site,
      sites,
      method: sites[0].method,
      update,
      rescale,
      arrangement: whole ? partAfterPart : arrangement,
      parameters: sites.flatMap(({ parameters }) => parameters),
      merged: scoped((lane: number) => mergedKernel(site, update, rescale, lane, strength())),
    };
    adapters.push(adapter);
    return adapter;
  };
  const strength = (): number => adaptation.strength;
  const linearMap: SiteFitter['linear'] = ({ name, kind, isHead, parts, byHead }, kernel, bias) => {
    const site: Site = { name, kind, shape: kernel.shape, use: kernel.use, times: kernel.times, back: kernel.back };
    const chosen = choose({ name, kind, isHead }, methodFor, parts);
    if (!chosen.whole && chosen.parts.length === 0) return frozenMap(kernel, bias);
    const apart = parts && byHead ? headByHead(byHead, Object.keys(parts).length) : partAfterPart;
    const { update, rescale, method } = put(site, chosen, apart);
    return adaptedMap({ name, kernel, bias, update, rescale, dropout: method.dropout, strength });
  };
  /** On a place without parts. */
  const chosenFor = (name: string, kind: Site['kind'], isHead = false): Choice | null => {
    const chosen = choose({ name, kind, isHead }, methodFor);
    return chosen.whole ? chosen : null;
  };

  const adaptation: Adaptation & { strength: number } = {
    adapters,
    strength: 1,
    dispose: () => vectors.forEach((vector) => vector.dispose()),
    fit: {
      linear: linearMap,
      table(name, table) {
        const chosen = chosenFor(name, 'embedding');
        if (!chosen) return frozenTableMap(table);
        const { update, rescale } = put({ name, kind: 'embedding', shape: table.shape, use: table.use }, chosen);
        return adaptedTable(table, update, rescale, strength);
      },
      vector(name, values) {
        const chosen = chosenFor(name, 'vector');
        const frozen = frozenVector(values);
        vectors.push(frozen);
        if (!chosen) return frozen;
        const use: Site['use'] = (f) => f(frozen.value as Tensor2D);
        const { update } = put({ name, kind: 'vector', shape: [1, values.length], use }, chosen);
        return update.replaces
          ? adaptedVector(frozen, update.replaces, strength)
          : changedVector(frozen, update, strength);
      },
      head({ name, tiedTo }, kernel, rowsOf, bias) {
        const table = adapters.find(({ site }) => site.name === tiedTo)?.update.replaces;
        if (table) return trainedHead(withBias(tiedHead(table, kernel, strength), bias));
        const chosen = tiedTo ? null : chosenFor(name, 'linear', true);
        if (!chosen) return bias?.trains ? trainedHead(frozenMap(kernel, bias)) : frozenHead(kernel, rowsOf, bias);
        const site: Site = {
          name,
          kind: 'linear',
          shape: kernel.shape,
          use: kernel.use,
          times: kernel.times,
          back: kernel.back,
        };
        const { update, rescale, method } = put(site, chosen);
        return trainedHead(adaptedMap({ name, kernel, bias, update, rescale, dropout: method.dropout, strength }));
      },
    },
  };
  return adaptation;
}

/** (W + ΔW) with its rows (an input's factors) or columns (an output's) scaled; W where no change is applied. */
function mergedKernel(site: Site, update: Update, rescale: Rescale, lane: number, strength: number): Tensor2D {
  const [inputs, outputs] = site.shape;
  return site.use((frozen) => {
    const kernel = tf.reshape(frozen, [inputs, outputs]);
    const changed = tf.add(kernel, update.delta(lane));
    const factors = rescale.side === 'neither' ? null : rescale.factors(lane);
    const along = factors && rescale.side === 'input' ? tf.reshape(factors, [inputs, 1]) : factors;
    return withStrength(strength, along ? tf.mul(changed, along) : changed, () => kernel) as Tensor2D;
  });
}
