/**
 * Matching budgets: of a recipe that is a function of { rank, alpha }, the rank r is solved for whose trained parameters N(r) are
 * nearest to the number wanted, and α for an effective scale s of its own:
 *
 *   r = argmin |N(r) − N|, the smaller of two;   α = s r, where the recipe scales by α/r;   α = s √r for rsLoRA's α/√r.
 *
 * Counted from the shapes of the base's sites; which rule a recipe scales by is read off the scale that it gives.
 */
import { methodOf } from '../adapters/compose.ts';
import { onTargets } from '../adapters/placement.ts';
import type { Method } from '../adapters/types.ts';
import { inContext, RequestError } from '../errors.ts';
import type { SiteInfo } from '../families/sites.ts';
import { type InspectedSite, inspectSites, outlinedPlaces } from '../inspect/inspectedSite.ts';
import { trainedParameters } from '../inspect/trainedParameters.ts';
import { checkNames, checkPresent, shown } from '../optionNames.ts';
import type { MatchedSize } from '../results/variantInPlan.ts';
import { type BaseSource, readSites } from './base.ts';
import type { SizedRecipe, Variant, VariantDraft } from './variant.ts';

export interface MatchOptions {
  /** How many parameters are to train, or the variant that trains as many. */
  readonly parameters: number | string;
  /** When they are counted: as training starts, or at its end, after pruning. 'start' unless given. */
  readonly at?: 'start' | 'end';
  /** Effective scale s; that of the variant whose parameters are wanted, else 2 (α = 2r), unless given. */
  readonly scale?: number;
}

interface Wanted {
  readonly parameters: number;
  readonly at: 'start' | 'end';
  readonly scale: number;
}

type SizedDraft = VariantDraft & { readonly recipe: SizedRecipe };
type PlainDraft = VariantDraft & { readonly recipe: Method };

const isSized = (draft: VariantDraft): draft is SizedDraft => typeof draft.recipe === 'function';
const isPlain = (draft: VariantDraft): draft is PlainDraft => !isSized(draft);

const standardScale = 2;
/** AdaLoRA divides by r + 1e-5: scales this close count as equal. */
const tolerance = 1e-4;

/** Gives every variant its method. Throws a RequestError for a match without anything to size, sizes without one, and no solution. */
export function matchVariants(drafts: readonly VariantDraft[], match: MatchOptions | null): Variant[] {
  const open = drafts.filter(isSized).map(({ name }) => name);
  if (match !== null) checkMatch(match, drafts);
  if (match === null && open.length > 0)
    throw new RequestError(
      `${open[0]}: its recipe is a function of { rank, alpha }; say what it is to match (match: { parameters: … }), or call it with a size`,
    );
  if (match !== null && open.length === 0)
    throw new RequestError('match has nothing to size; give a recipe as a function: { recipe: lora }, say');
  const sites = siteReader();
  const wanted = match && wantedOf(match, drafts, sites);
  return drafts.map((draft): Variant => {
    const { name, recipe, base } = draft;
    if (typeof recipe !== 'function') return variantOf(draft, recipe, null);
    return inContext(`${name}: `, () => solved({ ...draft, recipe }, sites(base), wanted!));
  });
}

const variantOf = ({ recipe: _, ...rest }: VariantDraft, method: Method, matched: MatchedSize | null): Variant => ({
  ...rest,
  method,
  matched,
});

function checkMatch(match: MatchOptions, drafts: readonly VariantDraft[]): void {
  checkNames('match', match, ['parameters', 'at', 'scale']);
  checkPresent('match', match, ['parameters']);
  const { parameters, at = 'start', scale = standardScale } = match;
  const plain = drafts.filter(isPlain).map(({ name }) => name);
  if (typeof parameters === 'string' && !plain.includes(parameters))
    throw new RequestError(
      `match.parameters must name a variant whose size is given (${plain.join(', ') || 'there is none'}), not "${parameters}"`,
    );
  if (typeof parameters !== 'string' && !(Number.isInteger(parameters) && parameters >= 1))
    throw new RequestError(
      `match.parameters must be a whole number of at least 1 or the name of a variant, not ${shown(parameters)}`,
    );
  if (at !== 'start' && at !== 'end') throw new RequestError(`match.at must be 'start' or 'end', not ${shown(at)}`);
  if (!(typeof scale === 'number' && scale > 0 && scale < Infinity))
    throw new RequestError(`match.scale must be a positive number, not ${shown(scale)}`);
}

function wantedOf(
  { parameters, at = 'start', scale }: MatchOptions,
  drafts: readonly VariantDraft[],
  sites: SiteReader,
): Wanted {
  if (typeof parameters === 'number') return { parameters, at, scale: scale ?? standardScale };
  const draft = drafts.filter(isPlain).find(({ name }) => name === parameters)!;
  const like = inContext(`${parameters}: `, () => inspected(draft, draft.recipe, sites(draft.base)));
  return { parameters: countOf(draft.recipe, like)[at], at, scale: scale ?? scaleOf(like) ?? standardScale };
}

/** The variant at the nearest rank, of all from 1 to the full one. */
function solved(draft: SizedDraft, sites: readonly SiteInfo[], { parameters: wanted, at, scale }: Wanted): Variant {
  const counted = ranksOf(draft, sites, scale).map(({ rank, method, places }) => ({
    rank,
    parameters: countOf(method, places)[at],
  }));
  const numbers = counted.map(({ parameters }) => parameters);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  if (counted.length > 1 && least === most)
    throw new RequestError(
      `its recipe trains ${least} parameters whatever the rank; use the rank that it is given, or call it with a size`,
    );
  if (wanted < least)
    throw new RequestError(`${wanted} trained parameters are wanted, but a rank of 1 has ${least} already`);
  if (wanted > most)
    throw new RequestError(
      `${wanted} trained parameters are wanted, but the full rank, ${counted.at(-1)!.rank}, has ${most} only`,
    );
  const nearest = counted.reduce((best, one) =>
    Math.abs(one.parameters - wanted) < Math.abs(best.parameters - wanted) ? one : best,
  );
  const { rank, parameters: got } = nearest;
  const alpha = alphaFor(draft, rank, scale, sites);
  return variantOf(draft, methodAt(draft, rank, alpha), { rank, alpha, scale, at, wanted, got });
}

interface Sized {
  readonly rank: number;
  readonly method: Method;
  readonly places: readonly InspectedSite[];
}

/** From 1 on, as long as no site has a higher rank than its kernel and no control a target above where it starts. */
function ranksOf(draft: SizedDraft, sites: readonly SiteInfo[], scale: number): Sized[] {
  const ranks: Sized[] = [];
  for (let rank = 1; ; rank++) {
    const method = methodAt(draft, rank, scale * rank);
    const places = inspected(draft, method, sites);
    const fulls = places.flatMap(({ kind, shape }) => (kind === 'vector' ? [] : [Math.min(...shape)]));
    const isOver = places.some(({ shape, derived }) => derived.rank !== undefined && derived.rank > Math.min(...shape));
    const start = Math.max(...places.map(({ derived }) => derived.rank ?? Infinity));
    if (rank > 1 && (isOver || rank > Math.max(...fulls) || (method.control.meanRankAtEnd ?? 0) > start)) return ranks;
    ranks.push({ rank, method, places });
  }
}

/** The α whose scale is the one wanted. A recipe without any scale is given s · rank all the same. */
function alphaFor(draft: SizedDraft, rank: number, scale: number, sites: readonly SiteInfo[]): number {
  const scaleAt = (alpha: number): number | null => scaleOf(inspected(draft, methodAt(draft, rank, alpha), sites));
  const isNear = (found: number | null): boolean => found === null || Math.abs(found / scale - 1) < tolerance;
  const plain = scale * rank;
  const found = scaleAt(plain);
  if (found === null || isNear(found)) return plain;
  const alpha = (plain * scale) / found;
  if (!isNear(scaleAt(alpha)))
    throw new RequestError(`its scale is ${found} whatever alpha is; use the alpha that it is given`);
  return alpha;
}

const methodAt = ({ recipe }: SizedDraft, rank: number, alpha: number): Method =>
  inContext(`at rank ${rank}: `, () => {
    const made = recipe({ rank, alpha });
    if (typeof made !== 'object' || made === null)
      throw new RequestError(`its recipe must give a recipe such as lora({ rank, alpha }), not ${shown(made)}`);
    return methodOf(made);
  });

const bytesEach = 4;

const inspected = ({ targets }: VariantDraft, method: Method, sites: readonly SiteInfo[]): InspectedSite[] =>
  inspectSites(outlinedPlaces(sites, onTargets(method, sites, targets)), bytesEach);

const countOf = ({ control }: Method, places: readonly InspectedSite[]): ReturnType<typeof trainedParameters> =>
  trainedParameters(places, control.meanRankAtEnd);

/** Of the first site that has one. */
const scaleOf = (places: readonly InspectedSite[]): number | null =>
  places.find(({ derived }) => derived.scale !== undefined)?.derived.scale ?? null;

type SiteReader = (base: BaseSource) => readonly SiteInfo[];

/** The sites of bases, each opened once. */
function siteReader(): SiteReader {
  const known = new Map<BaseSource, readonly SiteInfo[]>();
  return (source) => {
    const sites = known.get(source) ?? readSites(source);
    known.set(source, sites);
    return sites;
  };
}
