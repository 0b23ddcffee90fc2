/** Where a variant stands in a design: the levels of its factors, for reports. They have no say in any number. */
import { RequestError } from '../errors.ts';
import { shown } from '../optionNames.ts';

export interface Factors {
  readonly [name: string]: number | string;
}

/** Throws a RequestError for a level that is no number and no text, and for a factor that is a number here and a text there. */
export function checkFactors(variants: readonly { readonly name: string; readonly factors: Factors }[]): void {
  const kinds = new Map<string, { readonly kind: string; readonly of: string }>();
  for (const { name, factors } of variants) {
    if (typeof factors !== 'object' || factors === null || Array.isArray(factors))
      throw new RequestError(`${name}: factors must hold levels by name, such as { rank: 8 }, not ${shown(factors)}`);
    for (const [factor, level] of Object.entries(factors)) {
      if (factor.trim() === '') throw new RequestError(`${name}: a factor needs a name`);
      const isLevel = typeof level === 'string' ? level.trim() !== '' : typeof level === 'number' && isFinite(level);
      if (!isLevel)
        throw new RequestError(
          `${name}: factors.${factor} must be a number or a text, not ${typeof level === 'string' ? 'an empty one' : shown(level)}`,
        );
      const known = kinds.get(factor);
      if (known && known.kind !== typeof level)
        throw new RequestError(
          `factors.${factor} is a ${wordOf(known.kind)} for ${known.of} and a ${wordOf(typeof level)} for ${name}; make it one of the two, or leave it out`,
        );
      kinds.set(factor, { kind: typeof level, of: name });
    }
  }
}

const wordOf = (kind: string): string => (kind === 'string' ? 'text' : kind);
