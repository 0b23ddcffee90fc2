/** What a person sees while an experiment runs. */
import type { Group } from '../experiment/groups.ts';
import { liveLine } from './liveLine.ts';

export interface Progress {
  /** Which groups there are to do. */
  start(groups: readonly Group[]): void;
  /** More to do: a grid of learning rates was extended. */
  add(groups: readonly Group[]): void;
  /** The share of a group's work that is done, from 0 to 1; the first is what had been done before. */
  at(group: Group, share: number): void;
  done(group: Group): void;
  /** A line of its own. */
  say(line: string): void;
  /** No more of it; the line on the terminal is removed. */
  end(): void;
}

/** `stream`: standard error, as a rule. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  let groups: readonly Group[] = [];
  let began = 0;
  const shares = new Map<string, number>();
  /** What groups had behind them when they were taken up; not this process's work. */
  const before = new Map<string, number>();
  const finished = new Set<string>();

  const runs = (some: readonly Group[]): number => some.reduce((sum, group) => sum + group.runs.length, 0);
  const size = (group: Group): number => group.runs.reduce((sum, run) => sum + sizeOf(run), 0);

  function line(): string {
    const work = (share: (group: Group) => number): number =>
      groups.reduce((sum, group) => sum + size(group) * share(group), 0);
    const done = work(({ id }) => shares.get(id) ?? 0);
    const whole = work(() => 1);
    const busy = groups.filter(({ id }) => shares.has(id) && !finished.has(id));
    const seconds = timeLeft({
      elapsed: (performance.now() - began) / 1000,
      done: done - work(({ id }) => before.get(id) ?? 0),
      left: whole - done,
      longest: Math.max(0, ...busy.map((group) => size(group) * (1 - shares.get(group.id)!))),
      busy: busy.length,
    });
    const left = seconds === null ? 'measuring the time left' : `about ${duration(seconds)} left`;
    const names = [...new Set(busy.map(nameOf))].join(', ');
    const complete = runs(groups.filter(({ id }) => finished.has(id)));
    return `${Math.floor((100 * done) / whole)} %, ${complete} of ${runs(groups)} runs, ${left}${names ? ` (${names})` : ''}`;
  }
  const live = liveLine(stream, line);

  return {
    start(given) {
      groups = given;
      began = performance.now();
      if (groups.length > 0) live.start();
    },
    add(given) {
      groups = [...groups, ...given];
      live.show();
    },
    at(group, share) {
      if (!shares.has(group.id)) before.set(group.id, share);
      shares.set(group.id, share);
      live.show();
    },
    done(group) {
      shares.set(group.id, 1);
      finished.add(group.id);
      live.show();
    },
    say: live.say,
    end: live.end,
  };
}

/** The work of a run, compared with others: the sequences that it trains on. */
const sizeOf = ({ train }: Group['runs'][number]): number => (train.steps as number) * (train.batch as number);

const nameOf = ({ variant, round }: Group): string => (round === 0 ? variant : `${variant}, extension ${round}`);

export interface WorkLeft {
  /** Seconds since the start. */
  readonly elapsed: number;
  /** Work done since then, and still to do, in any unit. */
  readonly done: number;
  readonly left: number;
  /** The most that is left of one group: at the end some processes wait for the slowest. */
  readonly longest: number;
  /** Groups at work. */
  readonly busy: number;
}

/** Seconds, or null before anything was done. */
export function timeLeft({ elapsed, done, left, longest, busy }: WorkLeft): number | null {
  if (done <= 0) return null;
  const secondsEach = elapsed / done;
  return secondsEach * Math.max(left, longest * Math.max(1, busy));
}

/** 75 seconds as "1 min 15 s". */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
