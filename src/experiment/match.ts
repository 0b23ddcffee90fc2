/** Budgets of an experiment that are matched: recipes given as functions of { rank, alpha } get the size that has as many parameters. */
import type { Method } from '../adapters/types.ts';
import { inContext, RequestError } from '../errors.ts';
import type { SiteInfo } from '../families/sites.ts';
import { checkNames, checkPresent, shown } from '../optionNames.ts';
import { type BaseSource, readSites } from './base.ts';
import { counted, matchedSize, type Sites, type Wanted } from './matchedSize.ts';
import type { SizedRecipe, Variant, VariantDraft } from './variant.ts';

export interface MatchOptions {
  /** How many parameters are to train, or the variant that trains as many. */
  readonly parameters: number | string;
  /** When they are counted: as training starts, or at its end, after pruning. 'start' unless given. */
  readonly at?: 'start' | 'end';
  /** Effective scale s; that of the variant whose parameters are wanted, else 2 (α = 2r), unless given. */
  readonly scale?: number;
}

const standardScale = 2;

/** Gives every variant its method. Throws a RequestError for a match without anything to size, sizes without one, and no solution. */
export function matchVariants(drafts: readonly VariantDraft[], match: MatchOptions | null): Variant[] {
  const open = drafts.filter(({ recipe }) => isSized(recipe));
  if (match !== null) checkMatch(match, drafts);
  if (match === null && open.length > 0)
    throw new RequestError(
      `${open[0]!.name}: its recipe is a function of { rank, alpha }; say what it is to match (match: { parameters: … }), or call it with a size`,
    );
  if (match !== null && open.length === 0)
    throw new RequestError('match has nothing to size; give a recipe as a function: { recipe: lora }, say');
  const on = siteReader();
  const wanted = match && wantedOf(match, drafts, on);
  return drafts.map((draft): Variant => {
    const { recipe, ...rest } = draft;
    if (!isSized(recipe)) return { ...rest, method: recipe, matched: null };
    return { ...rest, ...inContext(`${rest.name}: `, () => matchedSize(recipe, on(draft), wanted!)) };
  });
}

const isSized = (recipe: Method | SizedRecipe): recipe is SizedRecipe => typeof recipe === 'function';

function checkMatch(match: MatchOptions, drafts: readonly VariantDraft[]): void {
  checkNames('match', match, ['parameters', 'at', 'scale']);
  checkPresent('match', match, ['parameters']);
  const { parameters, at = 'start', scale = standardScale } = match;
  const plain = drafts.filter(({ recipe }) => !isSized(recipe)).map(({ name }) => name);
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
  on: (draft: VariantDraft) => Sites,
): Wanted {
  if (typeof parameters === 'number') return { parameters, at, scale: scale ?? standardScale };
  const draft = drafts.find(({ name }) => name === parameters)!;
  const like = inContext(`${parameters}: `, () => counted(draft.recipe as Method, on(draft)));
  return { parameters: like.parameters[at], at, scale: scale ?? like.scale ?? standardScale };
}

/** The sites of variants' bases, each opened once. */
function siteReader(): (draft: VariantDraft) => Sites {
  const known = new Map<BaseSource, readonly SiteInfo[]>();
  return ({ base, targets }) => {
    const sites = known.get(base) ?? readSites(base);
    known.set(base, sites);
    return { sites, targets };
  };
}
