/** What --only chooses by: the model_type of a run's base, or the formats of a quantization vector. */
import { RequestError } from '../errors.ts';
import { families } from '../families/index.ts';
import type { FoundCase } from './findCases.ts';
import { formatsOf, quantizationFormats } from './quantizationCase.ts';
import { runModelTypes } from './replayRun.ts';

/**
 * The cases of these kinds, matched exactly; all of them without. One that cannot be read is of any kind that it may be, so that
 * it fails instead of being passed over. A RequestError for a kind that is neither known nor found, or when nothing is left.
 */
export function chosenCases(found: readonly FoundCase[], only: readonly string[] | null): FoundCase[] {
  if (!only) return [...found];
  const kinds = new Map(found.map((one) => [one, kindsOf(one)]));
  const there = [...new Set([...kinds.values()].flatMap((of) => of ?? []))].toSorted();
  const known = [...Object.keys(families), ...quantizationFormats, ...there];
  const matches = (one: FoundCase): boolean => {
    const of = kinds.get(one);
    if (of) return of.some((kind) => only.includes(kind));
    return only.some((kind) => quantizationFormats.includes(kind) === (one.kind === 'quantization'));
  };
  const chosen = found.filter(matches);
  const strange = only.filter((kind) => !known.includes(kind));
  if (strange.length > 0 || chosen.length === 0)
    throw new RequestError(
      `no case is of ${(strange.length > 0 ? strange : only).map((kind) => kind || '(nothing)').join(', ')}; ` +
        `--only takes a model_type or a format, matched exactly: here there are ${there.join(', ') || 'none that can be told'}`,
    );
  return chosen;
}

/** Null for what cannot be read. */
function kindsOf({ kind, path }: FoundCase): readonly string[] | null {
  try {
    return kind === 'run' ? runModelTypes(path) : formatsOf(path);
  } catch {
    return null;
  }
}
