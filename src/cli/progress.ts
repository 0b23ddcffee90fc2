/** What a person sees while an experiment runs: one line that is rewritten on a terminal, a line now and then elsewhere. */
import { performance } from 'node:perf_hooks';
import type { Group } from '../experiment/groups.ts';

/** Seconds between two lines where there is no terminal. */
const lineEverySeconds = 10;

export interface Progress {
  /** Which groups there are to do, each of so many steps. */
  start(groups: readonly Group[], steps: number): void;
  step(group: Group, step: number): void;
  done(group: Group): void;
  /** A line of its own. */
  say(line: string): void;
  /** No more of it; the line on the terminal is removed. */
  end(): void;
}

/** `stream`: standard error, as a rule. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  const terminal = stream.isTTY === true;
  let groups: readonly Group[] = [];
  let steps = 0;
  let began = 0;
  let shownAt = 0;
  /** Steps that groups had behind them when they were taken up (saved states); not this process's work. */
  const skipped = new Map<string, number>();
  const at = new Map<string, number>();
  const finished = new Set<string>();

  const lanes = (group: Group): number => group.runs.length;
  const sum = (of: (group: Group) => number): number =>
    groups.reduce((total, group) => total + lanes(group) * of(group), 0);
  const clear = (): void => void (terminal && stream.write('\r\x1b[K'));

  function line(): string {
    const whole = sum(() => steps);
    const done = sum(({ id }) => at.get(id) ?? 0);
    const here = done - sum(({ id }) => skipped.get(id) ?? 0);
    const runs = groups.reduce((total, group) => total + (finished.has(group.id) ? lanes(group) : 0), 0);
    const elapsed = (performance.now() - began) / 1000;
    const left = here > 0 ? `about ${duration((elapsed * (whole - done)) / here)} left` : 'measuring the time left';
    const busy = groups.filter(({ id }) => at.has(id) && !finished.has(id)).map(({ variant }) => variant);
    const share = whole === 0 ? 100 : Math.floor((100 * done) / whole);
    const names = [...new Set(busy)].join(', ');
    return `${share} %, ${runs} of ${sum(() => 1)} runs, ${left}${names ? ` (${names})` : ''}`;
  }
  function show(force: boolean): void {
    const now = performance.now();
    if (!force && now - shownAt < (terminal ? 100 : lineEverySeconds * 1000)) return;
    shownAt = now;
    if (terminal) stream.write(`\r\x1b[K${line().slice(0, (stream.columns || 80) - 1)}`);
    else stream.write(`${line()}\n`);
  }
  // The time left also shortens while a long evaluation makes no steps.
  let timer: NodeJS.Timeout | undefined;

  return {
    start(given, count) {
      groups = given;
      steps = count;
      began = performance.now();
      if (groups.length === 0) return;
      show(true);
      timer = setInterval(() => show(false), 1000).unref();
    },
    step(group, step) {
      if (!at.has(group.id)) skipped.set(group.id, step);
      at.set(group.id, step);
      show(false);
    },
    done(group) {
      at.set(group.id, steps);
      finished.add(group.id);
      show(false);
    },
    say(text) {
      clear();
      stream.write(`${text}\n`);
      if (terminal && timer) show(true);
    },
    end() {
      clearInterval(timer);
      timer = undefined;
      clear();
    },
  };
}

/** 75 seconds as "1 min 15 s". */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
