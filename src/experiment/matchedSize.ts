/**
 * The size of a recipe for a budget: of a function of { rank, alpha }, the rank r is solved for whose trained parameters N(r) are nearest
 * to the number wanted, and α for an effective scale s:
 *
 *   r = argmin |N(r) − N|, the smaller of two;   α = s r, where the recipe scales by α/r;   α = s √r for rsLoRA's α/√r.
 *
 * Counted from the shapes of the base's sites; which rule a recipe scales by is read off the scale that it gives.
 */
import { methodOf } from '../adapters/compose.ts';
import { onTargets } from '../adapters/placement.ts';
import type { Targets } from '../adapters/targets.ts';
import type { Method } from '../adapters/types.ts';
import { inContext, RequestError } from '../errors.ts';
import type { SiteInfo } from '../families/sites.ts';
import { type InspectedSite, inspectSites, outlinedPlaces } from '../inspect/inspectedSite.ts';
import { type TrainedParameters, trainedParameters } from '../inspect/trainedParameters.ts';
import { shown } from '../optionNames.ts';
import type { MatchedSize } from '../results/variantInPlan.ts';
import type { SizedRecipe } from './variant.ts';

export interface Wanted {
  readonly parameters: number;
  readonly at: 'start' | 'end';
  readonly scale: number;
}

/** Where a method goes. */
export interface Sites {
  readonly sites: readonly SiteInfo[];
  readonly targets: Targets;
}

/** A method on its sites, by shapes alone. */
export interface Counted {
  readonly method: Method;
  readonly places: readonly InspectedSite[];
  readonly parameters: TrainedParameters;
  /** Of the first site that has one; null where none has. */
  readonly scale: number | null;
}

const bytesEach = 4;

/** A RequestError where there are no targets, or where the method cannot change what is. */
export function counted(method: Method, { sites, targets }: Sites): Counted {
  const places = inspectSites(outlinedPlaces(sites, onTargets(method, sites, targets)), bytesEach);
  const parameters = trainedParameters(places, method.control.meanRankAtEnd);
  const scale = places.find(({ derived }) => derived.scale !== undefined)?.derived.scale ?? null;
  return { method, places, parameters, scale };
}

/** A RequestError where no rank has about so many, where the rank has no say, and where alpha has none in the scale. */
export function matchedSize(
  recipe: SizedRecipe,
  on: Sites,
  { parameters: wanted, at, scale }: Wanted,
): { readonly method: Method; readonly matched: MatchedSize } {
  const sized = (rank: number, alpha: number): Counted =>
    inContext(`at rank ${rank}: `, () => counted(methodOf(checked(recipe({ rank, alpha }))), on));
  const numbers = ranksOf((rank) => sized(rank, scale * rank)).map(({ parameters }) => parameters[at]);
  checkReach(numbers, wanted);
  const rank =
    1 + numbers.reduce((best, n, i) => (Math.abs(n - wanted) < Math.abs(numbers[best]! - wanted) ? i : best), 0);
  const alpha = alphaFor((value) => sized(rank, value).scale, scale * rank, scale);
  const matched = { rank, alpha, scale, at, wanted, got: numbers[rank - 1]! };
  return { method: sized(rank, alpha).method, matched };
}

function checked(recipe: ReturnType<SizedRecipe>): ReturnType<SizedRecipe> {
  if (typeof recipe === 'object' && recipe !== null) return recipe;
  throw new RequestError(`its recipe must give a recipe such as lora({ rank, alpha }), not ${shown(recipe)}`);
}

/** From 1 to the highest that the recipe takes and that no site's kernel is smaller than. */
function ranksOf(at: (rank: number) => Counted): Counted[] {
  const ranks = [at(1)];
  const full = Math.min(
    ...ranks[0]!.places.flatMap(({ kind, shape }) => (kind === 'vector' ? [] : Math.min(...shape))),
  );
  for (let rank = 2; rank <= full; rank++) {
    const next = orNull(() => at(rank));
    if (next === null || isTooHigh(next)) break;
    ranks.push(next);
  }
  return ranks;
}

/** A recipe may start higher than it is told, and prune; but not start below what it prunes to. */
const isTooHigh = ({ method, places }: Counted): boolean =>
  places.some(
    ({ shape, derived: { rank } }) =>
      rank !== undefined && (rank > Math.min(...shape) || rank < (method.control.meanRankAtEnd ?? 0)),
  );

/** Null where a recipe refuses: a start that is taken from the kernel, say, ends where the kernel does. */
function orNull<T>(f: () => T): T | null {
  try {
    return f();
  } catch (error) {
    if (error instanceof RequestError) return null;
    throw error;
  }
}

/** `numbers`: trained at ranks from 1 on. */
function checkReach(numbers: readonly number[], wanted: number): void {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  if (numbers.length > 1 && least === most)
    throw new RequestError(
      `its recipe trains ${least} parameters whatever the rank; use the rank that it is given, or call it with a size`,
    );
  if (wanted < least)
    throw new RequestError(`${wanted} trained parameters are wanted, but a rank of 1 has ${least} already`);
  if (wanted > most)
    throw new RequestError(
      `${wanted} trained parameters are wanted, but the highest rank, ${numbers.length}, has ${most} only`,
    );
}

/** AdaLoRA divides by r + 1e-5: scales this close count as equal. */
const tolerance = 1e-4;

/** `plain` where it gives the scale wanted, or where the recipe has none; else the α that does. */
function alphaFor(scaleAt: (alpha: number) => number | null, plain: number, wanted: number): number {
  const isNear = (found: number): boolean => Math.abs(found / wanted - 1) < tolerance;
  const found = scaleAt(plain);
  if (found === null || isNear(found)) return plain;
  const alpha = (plain * wanted) / found;
  if (!isNear(scaleAt(alpha)!))
    throw new RequestError(`its scale is ${found} whatever alpha is; use the alpha that it is given`);
  return alpha;
}
