/** What --only chooses by: the model_type of a model or of a run's base, or the formats of a quantization vector. */
import { RequestError } from '../errors.ts';
import type { FoundCase } from './findCases.ts';
import { kinds } from './kinds.ts';

/**
 * The cases of these types, matched exactly; all of them without. One that cannot be read is of any type that its kind may be, so that
 * it fails instead of being passed over. A RequestError for a type that is neither known nor found, or when nothing is left.
 */
export function chosenCases(found: readonly FoundCase[], only: readonly string[] | null): FoundCase[] {
  if (!only) return [...found];
  const types = new Map(found.map((one) => [one, typesOf(one)]));
  const there = [...new Set([...types.values()].flatMap((told) => told ?? []))].toSorted();
  const known = [...Object.values(kinds).flatMap(({ knownTypes }) => knownTypes), ...there];
  const chosen = found.filter((one) => {
    const possible = types.get(one) ?? kinds[one.kind].knownTypes;
    return possible.some((type) => only.includes(type));
  });
  const strange = only.filter((type) => !known.includes(type));
  if (strange.length > 0 || chosen.length === 0)
    throw new RequestError(
      `no case is of ${(strange.length > 0 ? strange : only).map((type) => type || '(nothing)').join(', ')}; ` +
        `--only takes a model_type or a format, matched exactly: here there are ${there.join(', ') || 'none that can be told'}`,
    );
  return chosen;
}

/** Null for what cannot be read; none for a network without a model_type. */
function typesOf({ kind, path }: FoundCase): readonly string[] | null {
  try {
    return kinds[kind].types(path);
  } catch {
    return null;
  }
}
