/** Parts of a person's texts for validation: never learnt, and nothing that is learnt asks the same. */
import { RequestError } from '../../errors.ts';
import { stream } from '../../tensor/random.ts';
import type { Sequence } from '../encode.ts';
import type { EncodedEntry } from './encodeEntries.ts';

export interface HeldOut {
  readonly training: readonly Sequence[];
  readonly validation: readonly Sequence[];
}

/**
 * `share` of the entries, drawn by the seed; of a single text, and where all ask the same, the end. At least one sequence where the share is above 0. A
 * RequestError for a share that is none, and where nothing would be left to learn.
 */
export function holdOut(entries: readonly EncodedEntry[], share: number, seed: number): HeldOut {
  if (!(share >= 0 && share < 1)) throw new RequestError(`the share held out must be from 0 to below 1, not ${share}`);
  const all = entries.flatMap(({ sequences }) => sequences);
  if (share === 0) return { training: all, validation: [] };
  const groups = new Map<string, Sequence[]>();
  for (const { key, sequences } of entries) groups.set(key, [...(groups.get(key) ?? []), ...sequences]);
  const drawn =
    groups.size === 1
      ? all.map((sequence) => [sequence]).reverse()
      : stream(seed, 'held out').shuffle([...groups.values()]);
  const held = Math.max(1, Math.round(share * drawn.length));
  if (held >= drawn.length)
    throw new RequestError(
      `there is too little text to hold out ${100 * share} %: it is ${all.length === 1 ? 'one sequence' : `${all.length} sequences`}; give more, shorter sequences (--sequence), or --validation 0`,
    );
  const validation = new Set(drawn.slice(0, held).flat());
  return { training: all.filter((sequence) => !validation.has(sequence)), validation: [...validation] };
}
