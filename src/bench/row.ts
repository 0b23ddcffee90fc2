/** A row of the table as it is asked for: what is measured by which sides, and which figures it is held against. */
import type { Turns } from './alternate.ts';
import type { Job } from './job.ts';

export interface RowSide {
  /** Unique in the row: 'ours' comes first; 'peer' is whom `peer` and `ratio` speak of. */
  readonly name: string;
  /** Whose worker does it. */
  readonly by: 'us' | 'peer';
  readonly job: Job;
  /** A package without which the peer cannot do it: then the row goes without this side. */
  readonly needs?: string;
}

/** A number that the row is to reach: `value(of ours) / value(against)`. */
export interface Figure {
  readonly what: string;
  /** A side, by its name; or a number with the words for it. */
  readonly against: string | { readonly name: string; readonly value: (measured: MeasuredSide) => number };
  readonly of: (measured: MeasuredSide) => number;
  readonly reach: number;
  readonly stretch?: number;
}

/** What a side came to. */
export interface MeasuredSide {
  /** Median, in the row's unit. */
  readonly value: number;
  readonly samples: readonly number[];
  readonly peakBytes: number;
  /** Peak above what the process held before the work was set up. */
  readonly addedBytes: number;
  readonly counts: { readonly [what: string]: number };
}

export interface Row {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /** Why it cannot be measured here; null where it can. */
  readonly obstacle: () => string | null;
  /** Puts what the work needs into a folder of its own, which is removed afterwards. */
  readonly prepare: (folder: string) => void;
  readonly sides: (folder: string) => readonly RowSide[];
  readonly turns: Turns;
  /** Each turn in a process of its own. */
  readonly fresh: boolean;
  /** A sample in the row's unit, from milliseconds. */
  readonly inUnit: (milliseconds: number) => number;
  /** Whether memory is part of what is shown. */
  readonly showsPeak: boolean;
  readonly figures: readonly Figure[];
  /** About how long it takes with a peer on two cores, for the time that is left. */
  readonly seconds: number;
}

/** What most rows have: milliseconds, nothing to prepare, processes that live through all turns. */
export const plainRow: Omit<Row, 'name' | 'what' | 'sides' | 'turns' | 'seconds'> = {
  unit: 'ms',
  better: 'lower',
  obstacle: () => null,
  prepare: () => {},
  fresh: false,
  inUnit: (milliseconds) => milliseconds,
  showsPeak: false,
  figures: [],
};

export const time: Figure['of'] = ({ value }) => value;
export const peak: Figure['of'] = ({ peakBytes }) => peakBytes;
