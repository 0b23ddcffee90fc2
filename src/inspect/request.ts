/** From the words of a person to methods on sites. */
import { compose, methodOf } from '../adapters/compose.ts';
import { methodByName } from '../adapters/methods/index.ts';
import { type MethodFor, onTargets, withParts } from '../adapters/placement.ts';
import { keyMatches, type Pattern } from '../adapters/pattern.ts';
import { storageByName } from '../adapters/storage/index.ts';
import { checkEntries, type TargetNames, type Targets } from '../adapters/targets.ts';
import type { Method } from '../adapters/types.ts';
import { checkAlpha, checkRank } from '../adapters/update/rank.ts';
import { RequestError } from '../errors.ts';
import type { Architecture, TransformerArchitecture } from '../families/architecture.ts';
import { defaultTargets } from '../families/defaultTargets.ts';
import { textArchitecture } from '../families/index.ts';
import { sitesOf } from '../families/sites.ts';

/** The first and the last of some layers. */
export type LayerRange = readonly [first: number, last: number];

export interface MethodRequest {
  readonly method: string;
  readonly rank: number;
  /** α of the scale; the method's own unless given. */
  readonly alpha?: number;
  /** Share of the adapter's input dropped in training; none unless given. */
  readonly dropout?: number;
  readonly rankPattern?: Pattern;
  readonly alphaPattern?: Pattern;
  /** PEFT's default for the family unless given. */
  readonly targets?: TargetNames;
  readonly exclude?: TargetNames;
  readonly layers?: readonly LayerRange[];
  /** Biases of the base that train beside the method: none unless given. */
  readonly biases?: Targets['biases'];
  /** Modules that train as a whole beside it. */
  readonly whole?: readonly string[];
  /** The method's own unless given. */
  readonly storage?: string;
}

export interface Requested {
  readonly method: Method;
  readonly targets: Targets;
  readonly methodFor: MethodFor;
}

/** What is to be adapted: a network, and what its family is called. */
export interface Adapted {
  readonly architecture: Architecture;
  readonly type: string;
}

/** A RequestError for a method, target or storage that does not exist, a rank below 1, and what a method cannot do. */
export function requested({ architecture, type }: Adapted, request: MethodRequest): Requested {
  const { rank, alpha, dropout, exclude, layers, biases, whole, storage } = request;
  if (layers) checkLayers(textArchitecture(architecture), layers);
  checkRank(rank, 'asked for');
  if (alpha !== undefined) checkAlpha(alpha, 'asked for');
  const { rankPattern = {}, alphaPattern = {} } = request;
  const common = {
    rank,
    ...(alpha === undefined ? {} : { alpha }),
    ...(dropout === undefined ? {} : { dropout }),
    ...(Object.keys(rankPattern).length === 0 ? {} : { rankPattern }),
    ...(Object.keys(alphaPattern).length === 0 ? {} : { alphaPattern }),
  };
  const recipe = methodByName(request.method)(common);
  const method = methodOf(storage === undefined ? recipe : compose(recipe, { storage: storageByName(storage) }));

  const sites = sitesOf(architecture);
  const targets: Targets = {
    targets: request.targets ?? targetsFor(type, method),
    ...(exclude === undefined ? {} : { exclude }),
    ...(layers === undefined ? {} : { layers: layers.flatMap(numbersOf) }),
    ...(biases === undefined ? {} : { biases }),
    ...(whole === undefined ? {} : { whole }),
  };
  const candidates = withParts(sites);
  for (const names of [targets.targets, exclude ?? []]) checkEntries(candidates, names);
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

/** Everything for a method that can change everything; else what PEFT takes, or would. */
function targetsFor(type: string, { update }: Method): TargetNames {
  if (update.targets !== null) return update.targets;
  const { lora, adalora, ia3 } = defaultTargets(type);
  const found = update.spec.type === 'none' ? ia3 : update.spec.type === 'svd' ? adalora : lora;
  if (found !== null) return found;
  throw new RequestError(`there are no default targets for this method on the family ${type}: give --targets`);
}

/** Before they are listed: there may be billions of them. */
function checkLayers({ layers: count }: TransformerArchitecture, ranges: readonly LayerRange[]): void {
  const outside = ranges.flat().find((layer) => layer >= count);
  if (outside !== undefined)
    throw new RequestError(`there is no layer ${outside}: the model has the layers 0 to ${count - 1}`);
}

const numbersOf = ([first, last]: LayerRange): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
