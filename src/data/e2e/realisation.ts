/** A way to say a value of a slot: regular expressions over plain text (plainText.ts) without names (places.ts), between word boundaries. */
export interface Realisation {
  /** One value, or several that it may stand for: "a good rating" is average or high. */
  readonly values: readonly string[];
  /** Of which any says it. */
  readonly ways: readonly string[];
  /** Says more than all words that follow in the table: "an amazing rating of 1 out of 5" is low. */
  readonly exact?: true;
  /** Counts for its value, but not against another: every place to eat may be called a restaurant. */
  readonly mild?: true;
}

/** Alternatives, written with commas between. */
export const any = (text: string): string => `(?:${text.split(/, */).join('|')})`;

/** A level on either side of what it is a level of, with some words of no weight between; behind it, not of something else. */
export const beside = (levels: string, heads: string, between: string, notOf: string): readonly string[] => [
  `${any(levels)} (?:${between} ){0,4}?${heads}`,
  `${heads} (?:${between} ){0,5}?${any(levels)}(?! ${notOf})`,
];
