/**
 * Which crew does most steps in a second: measured on steps of the experiment's own. A second process gains more than a second thread
 * where operations are small; threads share one copy of the base and its caches where they are large.
 */
import { type Crew, inWords } from './crew.ts';

/** What one crew did. */
export interface Trial extends Crew {
  /** Steps of single runs in a second, of all processes together; 0 where they could not do any (no memory). */
  readonly stepsPerSecond: number;
}

export interface Calibration {
  readonly crew: Crew;
  /** The first is the crew that would work without any; empty where nothing was measured. */
  readonly trials: readonly Trial[];
}

/** Steps in a second; null where none can be done. */
export type Measure = (crew: Crew) => Promise<number | null>;

export interface Work {
  /** Steps that each process of the first crew has before it. */
  readonly stepsEach: number;
  /** Steps of single runs, in all. */
  readonly runSteps: number;
}

/** Measuring the first crew takes about five steps, so they are lost in this many. */
const stepsWorthMeasuring = 250;
/** Starting another crew and measuring it takes some four seconds; all of that may take this share of the work. */
const secondsOfATrial = 4;
const shareOfTrials = 1 / 30;

/**
 * Measures only where it cannot cost more than it may gain: short work is left to the first crew. Of equals, the one with more
 * processes is chosen.
 */
export async function calibrate(crews: readonly Crew[], work: Work, measure: Measure): Promise<Calibration> {
  const [first, ...others] = crews as [Crew, ...Crew[]];
  if (others.length === 0 || work.stepsEach < stepsWorthMeasuring) return { crew: first, trials: [] };
  const speed = await measure(first);
  if (speed === null) return { crew: first, trials: [] };
  const trials: Trial[] = [{ ...first, stepsPerSecond: speed }];
  const secondsOfWork = work.runSteps / speed;
  if (secondsOfWork * shareOfTrials < secondsOfATrial * others.length) return { crew: first, trials };
  for (const crew of others) trials.push({ ...crew, stepsPerSecond: (await measure(crew)) ?? 0 });
  const { workers, threads } = trials.reduce((best, trial) =>
    trial.stepsPerSecond > best.stepsPerSecond ? trial : best,
  );
  return { crew: { workers, threads }, trials };
}

/** "2 processes × 1 thread: 31 steps/s; 1 × 2: 24" */
export function calibrationInWords({ crew, trials }: Calibration): string {
  const isChosen = (one: Crew): boolean => one.workers === crew.workers && one.threads === crew.threads;
  const speed = (trial: Trial): string => trial.stepsPerSecond.toPrecision(3);
  const own = trials.find(isChosen);
  const others = trials.filter((trial) => !isChosen(trial));
  return [
    `${inWords(crew)}${own ? `: ${speed(own)} steps/s` : ''}`,
    ...others.map((trial) => `${trial.workers} × ${trial.threads}: ${speed(trial)}`),
  ].join('; ');
}
