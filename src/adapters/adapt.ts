/**
 * Puts methods on the sites of a network. The family asks it for each place; what it makes there, a site's adapter, can say what it
 * changes, be merged and be weakened or strengthened.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { frozenTableMap } from '../blocks/embedding.ts';
import type { SiteFitter } from '../blocks/fit.ts';
import { frozenHead, trainedHead } from '../blocks/head.ts';
import { frozenMap } from '../blocks/linearMap.ts';
import { frozenVector, trainedVector, type Vector } from '../blocks/vector.ts';
import type { Arena, Parameter } from '../tensor/arena.ts';
import { scoped } from '../tensor/engine.ts';
import { stream } from '../tensor/random.ts';
import { adaptedMap } from './adaptedMap.ts';
import { adaptedTable } from './adaptedTable.ts';
import { fused } from './fused.ts';
import { choose, type MethodFor } from './placement.ts';
import { tiedHead } from './tiedHead.ts';
import type { Method, Rescale, Site, SiteContext, Update } from './types.ts';

/** A method on one site. */
export interface Adapter {
  readonly site: Site;
  readonly method: Method;
  readonly update: Update;
  readonly rescale: Rescale;
  readonly parameters: readonly Parameter[];
  /** What the site's kernel would be with the change of a lane in it, [in, out]; the caller's. */
  merged(lane: number): Tensor2D;
}

export interface Adaptation {
  readonly fit: SiteFitter;
  /** In network order. */
  readonly adapters: readonly Adapter[];
  /** Share of every adapter's change that is applied, 1 unless set. For use after training. */
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
  const created = (site: Site, { update: rule, rescale }: Method): Pick<Adapter, 'update' | 'rescale'> => {
    const update = rule.create(site, context(site.name));
    return { update, rescale: rescale.create(site, update, context(site.name)) };
  };
  const put = (site: Site, method: Method, { update, rescale } = created(site, method)): Adapter => {
    const adapter: Adapter = {
      site,
      method,
      update,
      rescale,
      parameters: [...update.parameters, ...rescale.parameters],
      merged: scoped((lane: number) => mergedKernel(site, update, rescale, lane)),
    };
    adapters.push(adapter);
    return adapter;
  };
  const strength = (): number => adaptation.strength;
  const linearMap: SiteFitter['linear'] = (name, kernel, bias, parts) => {
    const site: Site = { name, kind: 'linear', shape: kernel.shape, use: kernel.use };
    const chosen = choose({ name, kind: 'linear', isHead: false }, methodFor, parts);
    const method = chosen.whole ?? chosen.parts[0]?.method;
    if (!method) return frozenMap(kernel, bias);
    const { update, rescale } = put(site, method, chosen.whole ? undefined : fused(site, chosen.parts, context));
    return adaptedMap({ name, kernel, bias, update, rescale, dropout: method.dropout, strength });
  };
  const chosenFor = (name: string, kind: Site['kind'], isHead = false): Method | null =>
    choose({ name, kind, isHead }, methodFor).whole;

  const adaptation: Adaptation & { strength: number } = {
    adapters,
    strength: 1,
    dispose: () => vectors.forEach((vector) => vector.dispose()),
    fit: {
      linear: linearMap,
      table(name, table) {
        const method = chosenFor(name, 'embedding');
        if (!method) return frozenTableMap(table);
        const { update, rescale } = put({ name, kind: 'embedding', shape: table.shape, use: table.use }, method);
        return adaptedTable(table, update, rescale, strength);
      },
      vector(name, values) {
        const method = chosenFor(name, 'vector');
        const frozen = frozenVector(values);
        vectors.push(frozen);
        if (!method) return frozen;
        const use: Site['use'] = (f) => f(frozen.value as Tensor2D);
        const { update } = put({ name, kind: 'vector', shape: [1, values.length], use }, method);
        return trainedVector(update.parameters[0]);
      },
      head(name, kernel, rowsOf, tiedTo) {
        const shared = adapters.find(({ site, update }) => site.name === tiedTo && update.replaces);
        if (shared) return trainedHead(tiedHead(shared.parameters[0]));
        const method = tiedTo ? null : chosenFor(name, 'linear', true);
        if (!method) return frozenHead(kernel, rowsOf);
        const { update, rescale } = put({ name, kind: 'linear', shape: kernel.shape, use: kernel.use }, method);
        return trainedHead(
          adaptedMap({ name, kernel, bias: null, update, rescale, dropout: method.dropout, strength }),
        );
      },
    },
  };
  return adaptation;
}

/** (W + ΔW) with its rows (an input's factors) or columns (an output's) scaled. */
function mergedKernel(site: Site, update: Update, rescale: Rescale, lane: number): Tensor2D {
  const changed = site.use((kernel) => tf.add(tf.reshape(kernel, [...site.shape]), update.delta(lane))) as Tensor2D;
  if (rescale.side === 'neither') return changed;
  const factors = rescale.factors(lane);
  return tf.mul(changed, rescale.side === 'input' ? tf.reshape(factors, [site.shape[0], 1]) : factors) as Tensor2D;
}
