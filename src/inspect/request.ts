/** From the words of a person to methods on sites. */
import { compose, methodOf } from '../adapters/compose.ts';
import { methodByName } from '../adapters/methods/index.ts';
import { type MethodFor, onTargets, withParts } from '../adapters/placement.ts';
import { keyMatches, type Pattern } from '../adapters/pattern.ts';
import { float32 } from '../adapters/storage/float32.ts';
import { nf4 } from '../adapters/storage/nf4.ts';
import { checkEntries, type TargetNames, type Targets } from '../adapters/targets.ts';
import type { Method, Storage } from '../adapters/types.ts';
import { checkAlpha, checkRank } from '../adapters/update/rank.ts';
import { RequestError } from '../errors.ts';
import type { TransformerArchitecture } from '../families/architecture.ts';
import { sitesOf } from '../families/sites.ts';

export interface InspectRequest {
  readonly method: string;
  readonly rank: number;
  /** α of the scale; the method's own unless given. */
  readonly alpha?: number;
  readonly rankPattern?: Pattern;
  readonly alphaPattern?: Pattern;
  /** PEFT's default for the family unless given. */
  readonly targets?: TargetNames;
  readonly exclude?: TargetNames;
  readonly layers?: readonly number[];
  /** The method's own unless given. */
  readonly storage?: string;
}

export interface Requested {
  readonly method: Method;
  readonly targets: Targets;
  readonly methodFor: MethodFor;
}

const storages: Readonly<Record<string, () => Storage>> = { float32, nf4 };

/** A RequestError for a method, target or storage that does not exist, a rank below 1, and what a method cannot do. */
export function requested(architecture: TransformerArchitecture, request: InspectRequest): Requested {
  const { rank, alpha, exclude, layers, storage } = request;
  checkRank(rank, 'asked for');
  if (alpha !== undefined) checkAlpha(alpha, 'asked for');
  const { rankPattern = {}, alphaPattern = {} } = request;
  const common = {
    rank,
    ...(alpha === undefined ? {} : { alpha }),
    ...(Object.keys(rankPattern).length === 0 ? {} : { rankPattern }),
    ...(Object.keys(alphaPattern).length === 0 ? {} : { alphaPattern }),
  };
  const recipe = methodByName(request.method)(common);
  const method = methodOf(storage === undefined ? recipe : compose(recipe, { storage: storageByName(storage) }));

  const sites = sitesOf(architecture);
  const targets: Targets = {
    targets: request.targets ?? defaultTargets(architecture, method),
    ...(exclude === undefined ? {} : { exclude }),
    ...(layers === undefined ? {} : { layers }),
  };
  const candidates = withParts(sites);
  for (const names of [targets.targets, exclude ?? []]) checkEntries(candidates, names);
  checkLayers(architecture, layers ?? []);
  const methodFor = onTargets(method, sites, targets);
  const chosen = candidates.filter(({ name, kind, isHead }) => methodFor(name, kind, isHead));
  for (const key of [...Object.keys(rankPattern), ...Object.keys(alphaPattern)]) {
    if (!('rankPattern' in method.update.spec))
      throw new RequestError(`${request.method} treats all its sites alike: it takes no pattern ('${key}')`);
    if (!chosen.some(({ name }) => keyMatches(key, name)))
      throw new RequestError(`the pattern '${key}' matches none of the ${chosen.length} targets`);
  }
  return { method, targets, methodFor };
}

/** Everything for a method that can change everything; else PEFT's choice for the family. */
function defaultTargets({ defaultTargets: named }: TransformerArchitecture, { update }: Method): TargetNames {
  if (update.sites.includes('vector')) return 'all';
  return update.spec.type === 'none' ? named.activations : named.kernels;
}

function checkLayers({ layers: count }: TransformerArchitecture, layers: readonly number[]): void {
  const outside = layers.find((layer) => layer >= count);
  if (outside !== undefined)
    throw new RequestError(`there is no layer ${outside}: the model has the layers 0 to ${count - 1}`);
}

function storageByName(name: string): Storage {
  if (Object.hasOwn(storages, name)) return storages[name]!();
  throw new RequestError(`unknown storage '${name}'; there are ${Object.keys(storages).join(' and ')}`);
}
