/** What a claim asks of the results, before it is judged: all questions of a claim are one family (judge.ts). */
export type Finding = Direction | Closeness | Fact | Remark | Missing;

/** One value a seed (or another sampling unit); is their mean on the claimed side of zero? */
export interface Direction {
  readonly kind: 'direction';
  readonly about: string;
  readonly values: readonly number[];
  readonly claimed: 'below' | 'above';
  readonly unit: Unit;
}

/** Does their mean lie no further from zero than a margin, on either side or on the one that speaks against the claim? */
export interface Closeness {
  readonly kind: 'closeness';
  readonly about: string;
  readonly values: readonly number[];
  readonly margin: number;
  /** What the margin is, in words. */
  readonly marginIs: string;
  readonly side: Side;
  readonly unit: Unit;
}

/** Where a mean may not lie beyond the margin. */
export type Side = 'below' | 'above' | 'either';

/** Something that is true or not of every number looked at: no sample, no chance. */
export interface Fact {
  readonly kind: 'fact';
  readonly holds: boolean;
  readonly sentence: string;
}

/** What a reader should know, and what decides nothing. */
export interface Remark {
  readonly kind: 'remark';
  readonly sentence: string;
}

export interface Missing {
  readonly kind: 'missing';
  readonly sentence: string;
}

/** Of values. Those of a `ratio` are natural logarithms, and are said as `1.3 times`. */
export interface Unit {
  readonly name: string;
  readonly each: string;
}

const ofSeeds = (name: string): Unit => ({ name, each: 'seeds' });
export const nats: Unit = ofSeeds('nats');
export const ratio: Unit = ofSeeds('times');
/** A number without a unit: a slope, a correlation, a share. */
export const plain: Unit = ofSeeds('');
export const sitesOf = ({ name }: Unit): Unit => ({ name, each: 'sites' });

export const direction = (
  about: string,
  values: readonly number[],
  claimed: Direction['claimed'],
  unit: Unit = nats,
): Direction => ({ kind: 'direction', about, values, claimed, unit });

export const closeness = (
  about: string,
  values: readonly number[],
  margin: Pick<Closeness, 'margin' | 'marginIs'>,
  { side = 'either', unit = nats }: { side?: Side; unit?: Unit } = {},
): Closeness => ({ kind: 'closeness', about, values, ...margin, side, unit });

export const fact = (holds: boolean, sentence: string): Fact => ({ kind: 'fact', holds, sentence });
export const remark = (sentence: string): Remark => ({ kind: 'remark', sentence });
export const missing = (sentence: string): Missing => ({ kind: 'missing', sentence });
