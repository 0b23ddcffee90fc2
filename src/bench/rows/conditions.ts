/** What all rows of a bench have in common. */
import type { Row } from '../row.ts';

export interface Conditions {
  /** Of one operation, where a row does not say otherwise: the cores of the machine. */
  readonly threads: number;
  /** Few repetitions of little work. */
  readonly quick: boolean;
}

/** The row with two repetitions a side, where little is asked for. */
export const scaled = (row: Row, { quick }: Conditions): Row =>
  quick ? { ...row, turns: { rounds: Math.min(2, row.turns.rounds), repeats: 1 }, seconds: row.seconds / 3 } : row;
