/** Joining recipes. Two recipes that choose the same for a slot join; two that choose differently are an error. */
import { RequestError } from '../errors.ts';
import { none as noControl } from './control/none.ts';
import { uniform } from './groups/uniform.ts';
import { none as noRescale } from './rescale/none.ts';
import { float32 } from './storage/float32.ts';
import type { Method, Recipe } from './types.ts';
import { lowRank } from './update/lowRank.ts';

const slots = ['storage', 'update', 'rescale', 'groups', 'control'] as const;

/** All choices of the recipes together. Throws a RequestError that names the slot and both choices on a clash. */
export function compose(...recipes: readonly Recipe[]): Recipe {
  const joined: { -readonly [K in keyof Recipe]: Recipe[K] } = {};
  for (const recipe of recipes) {
    for (const slot of slots) {
      const choice = recipe[slot];
      const before = joined[slot];
      if (choice === undefined) continue;
      const [one, other] = [JSON.stringify(before?.spec), JSON.stringify(choice.spec)];
      if (before && one !== other)
        throw new RequestError(`these recipes make two different choices of ${slot}: ${one} and ${other}`);
      Object.assign(joined, { [slot]: choice });
    }
    if (recipe.dropout === undefined) continue;
    if (joined.dropout !== undefined && joined.dropout !== recipe.dropout)
      throw new RequestError(
        `these recipes make two different choices of dropout: ${joined.dropout} and ${recipe.dropout}`,
      );
    joined.dropout = recipe.dropout;
  }
  return joined;
}

/** A recipe with the plain choice in every slot that it leaves open: a low-rank update of rank 8 in float32, nothing else. */
export function methodOf(recipe: Recipe): Method {
  const dropout = recipe.dropout ?? 0;
  if (!(dropout >= 0 && dropout < 1)) throw new RequestError(`dropout must be at least 0 and below 1, not ${dropout}`);
  return {
    storage: recipe.storage ?? float32(),
    update: recipe.update ?? lowRank({ rank: 8 }),
    rescale: recipe.rescale ?? noRescale(),
    groups: recipe.groups ?? uniform(),
    control: recipe.control ?? noControl(),
    dropout,
  };
}
