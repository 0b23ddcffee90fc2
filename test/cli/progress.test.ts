import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProgress, duration, timeLeft } from '../../src/cli/progress.ts';
import type { Group } from '../../src/experiment/groups.ts';

afterEach(() => void vi.useRealTimers());

const group = (id: string, lanes: number, { steps = 10, round = 0 } = {}): Group => {
  const run = { train: { steps, batch: 4 } } as never;
  return { id, variant: id, round, runs: Array.from({ length: lanes }, () => run) };
};

/** What is written to a stream that is no terminal. */
function lines(): { stream: NodeJS.WriteStream; written: string[] } {
  const written: string[] = [];
  return { written, stream: { isTTY: false, write: (text: string) => written.push(text.trimEnd()) } as never };
}

describe('the time left', () => {
  it('is what is left at the speed so far', () => {
    expect(timeLeft({ elapsed: 10, done: 2, left: 6, longest: 1, busy: 2 })).toBe(30);
  });
  it('is that of the slowest group where the others wait for it', () => {
    expect(timeLeft({ elapsed: 10, done: 5, left: 1.1, longest: 1, busy: 2 })).toBe(4);
  });
  it('is not known before anything was done', () => {
    expect(timeLeft({ elapsed: 10, done: 0, left: 6, longest: 1, busy: 2 })).toBeNull();
  });
});

describe('progress', () => {
  it('is a line now and then, with the runs, the time left and what is in hand', () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const { stream, written } = lines();
    const progress = createProgress(stream);
    const [a, b] = [group('a', 3), group('b', 1)];
    progress.start([a, b]);
    vi.advanceTimersByTime(10_000);
    progress.at(a, 0);
    progress.at(a, 0.5);
    vi.advanceTimersByTime(20_000);
    progress.done(a);
    vi.advanceTimersByTime(10_000);
    progress.end();
    expect(written).toEqual([
      '0 %, 0 of 4 runs, measuring the time left',
      '0 %, 0 of 4 runs, measuring the time left',
      '37 %, 0 of 4 runs, about 34 s left (a)',
      '37 %, 0 of 4 runs, about 50 s left (a)',
      '75 %, 3 of 4 runs, about 14 s left',
    ]);
  });

  it('counts a run of many steps for more than one of few', () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const { stream, written } = lines();
    const progress = createProgress(stream);
    const [short, long] = [group('short', 1, { steps: 10 }), group('long', 1, { steps: 30 })];
    progress.start([short, long]);
    progress.at(short, 0);
    vi.advanceTimersByTime(10_000);
    progress.done(short);
    vi.advanceTimersByTime(10_000);
    progress.end();
    expect(written.at(-1)).toBe('25 %, 1 of 2 runs, about 1 min 0 s left');
  });

  it('does not count what an earlier process did as fast work of this one', () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const { stream, written } = lines();
    const progress = createProgress(stream);
    const a = group('a', 1);
    progress.start([a]);
    progress.at(a, 0.8);
    vi.advanceTimersByTime(9_000);
    progress.at(a, 0.9);
    vi.advanceTimersByTime(1_000);
    progress.end();
    expect(written.at(-1)).toBe('90 %, 0 of 1 runs, about 10 s left (a)');
  });

  it('counts what a grid grew by, and says which extension is in hand', () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const { stream, written } = lines();
    const progress = createProgress(stream);
    const [a, more] = [group('a', 3), group('a more', 1, { round: 2 })];
    progress.start([a]);
    progress.at(a, 0);
    vi.advanceTimersByTime(3_000);
    progress.done(a);
    progress.add([more]);
    progress.at(more, 0);
    vi.advanceTimersByTime(7_000);
    progress.end();
    expect(written.at(-1)).toBe('75 %, 3 of 4 runs, about 4 s left (a more, extension 2)');
  });

  it('is told in the units of a clock', () => {
    expect([0.2, 59, 61, 3599, 3660].map(duration)).toEqual(['1 s', '59 s', '1 min 1 s', '59 min 59 s', '1 h 1 min']);
  });
});
