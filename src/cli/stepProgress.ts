/** What a person sees while one network trains: which step, the loss, the time left. */
import { fixed } from '../report/numberText.ts';
import type { StepReport } from '../train/trainer.ts';
import { liveLine } from './liveLine.ts';
import { duration, timeLeft } from './progress.ts';

export interface StepProgress {
  start(): void;
  step(report: StepReport): void;
  /** A line of its own. */
  say(text: string): void;
  end(): void;
}

/** Losses that the shown one is the mean of, so that it can be read. */
const shownLosses = 10;

/** `stream`: standard error, as a rule. */
export function createStepProgress(stream: NodeJS.WriteStream, steps: number): StepProgress {
  const losses: number[] = [];
  let done = 0;
  let began = 0;
  function line(): string {
    if (done === 0) return `scoring the base, then ${steps} steps`;
    if (done === steps) return `scoring after ${steps} steps`;
    const elapsed = (performance.now() - began) / 1000;
    // The first step, which prepares much, is where the clock starts.
    const seconds = timeLeft({ elapsed, done: done - 1, left: steps - done, longest: steps - done, busy: 1 });
    const loss = losses.reduce((a, b) => a + b, 0) / losses.length;
    const left = seconds === null ? 'measuring the time left' : `about ${duration(seconds)} left`;
    return `step ${done} of ${steps}, loss ${fixed(loss, 3)}, ${left}`;
  }
  const live = liveLine(stream, line);
  return {
    start: live.start,
    step({ step, lossNats }) {
      if (done === 0) began = performance.now();
      done = step;
      losses.push(lossNats[0]!);
      if (losses.length > shownLosses) losses.shift();
      live.show();
    },
    say: live.say,
    end: live.end,
  };
}
