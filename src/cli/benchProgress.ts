/** What a person sees while a bench runs: which row, which round of it, the time left. */
import type { Row } from '../bench/row.ts';
import { liveLine } from './liveLine.ts';
import { duration, timeLeft } from './progress.ts';

export interface BenchProgress {
  start(): void;
  row(row: Row, index: number): void;
  round(row: Row, done: number): void;
  /** A line of its own. */
  say(text: string): void;
  end(): void;
}

/** `stream`: standard error, as a rule. Rows are weighed by the seconds that they say they take. */
export function createBenchProgress(stream: NodeJS.WriteStream, rows: readonly Row[]): BenchProgress {
  const seconds = (some: readonly Row[]): number => some.reduce((sum, row) => sum + row.seconds, 0);
  let at = -1;
  let share = 0;
  let began = 0;
  const live = liveLine(stream, () => {
    const row = rows[at];
    if (!row) return 'starting the engine, and the peer';
    const done = seconds(rows.slice(0, at)) + share * row.seconds;
    const left = timeLeft({
      elapsed: (performance.now() - began) / 1000,
      done,
      left: seconds(rows) - done,
      longest: 0,
      busy: 1,
    });
    return `${at + 1} of ${rows.length}: ${row.name}, ${left === null ? 'measuring the time left' : `about ${duration(left)} left`}`;
  });
  return {
    start: live.start,
    row(_, index) {
      if (at < 0) began = performance.now();
      at = index;
      share = 0;
      live.show();
    },
    round(row, done) {
      share = done / row.turns.rounds;
      live.show();
    },
    say: live.say,
    end: live.end,
  };
}
