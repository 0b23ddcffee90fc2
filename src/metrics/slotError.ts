/**
 * Slot error rate of texts that should state a meaning (Wen et al. 2015; by kinds of error as in Dušek, Howcroft, Rieser 2019):
 *
 *   SER = (missing + wrong + added) / slots of the meanings
 *
 * A slot is missing if the text states none of its values, wrong if it states another but not its own, added if the meaning has no
 * such slot, or if the text states a second value beside the right one.
 */

/** Value of each slot. */
export type Meaning = ReadonlyMap<string, string>;

/** Values of each slot that a text states. */
export type Stated = ReadonlyMap<string, ReadonlySet<string>>;

export interface SlotErrors {
  /** Of the meaning. */
  readonly slots: number;
  /** Names of slots. */
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
  readonly added: readonly string[];
}

export function slotErrors(meaning: Meaning, stated: Stated): SlotErrors {
  const valuesOf = (slot: string): ReadonlySet<string> => stated.get(slot) ?? new Set();
  const isRight = ([slot, value]: readonly [string, string]): boolean => valuesOf(slot).has(value);
  const asked = [...meaning];
  const notRight = asked.filter((entry) => !isRight(entry)).map(([slot]) => slot);
  return {
    slots: meaning.size,
    missing: notRight.filter((slot) => valuesOf(slot).size === 0),
    wrong: notRight.filter((slot) => valuesOf(slot).size > 0),
    added: [
      ...asked.filter((entry) => isRight(entry) && valuesOf(entry[0]).size > 1).map(([slot]) => slot),
      ...[...stated.keys()].filter((slot) => !meaning.has(slot) && valuesOf(slot).size > 0),
    ],
  };
}

/** SER over texts: 0 where all is stated and nothing else; more than 1 is possible. Throws an Error where no meaning has a slot. */
export function slotErrorRate(texts: readonly SlotErrors[]): number {
  const sum = (of: (one: SlotErrors) => number): number => texts.reduce((all, one) => all + of(one), 0);
  const slots = sum((one) => one.slots);
  if (slots === 0) throw new Error('slot error rate: no meaning has a slot');
  return sum(({ missing, wrong, added }) => missing.length + wrong.length + added.length) / slots;
}
