/** The choice among crews, with speeds made up. */
import { describe, expect, it } from 'vitest';
import { calibrate, type Calibration, calibrationInWords, type Measure } from '../../src/experiment/calibration.ts';
import type { Crew } from '../../src/experiment/crew.ts';

const [two, one]: Crew[] = [
  { workers: 2, threads: 1 },
  { workers: 1, threads: 2 },
];
const crews = [two!, one!];
/** An hour at ten steps in a second. */
const long = { stepsEach: 18_000, runSteps: 36_000 };

interface Tried {
  readonly chosen: Calibration;
  /** Which crews were measured. */
  readonly measured: readonly string[];
}

async function tried(speeds: readonly (number | null)[], work = long, of = crews): Promise<Tried> {
  const measured: string[] = [];
  const measure: Measure = async (crew) => {
    measured.push(`${crew.workers}x${crew.threads}`);
    return speeds[of.indexOf(crew)]!;
  };
  return { chosen: await calibrate(of, work, measure), measured };
}

describe('calibration', () => {
  it('measures every crew and takes the fastest', async () => {
    const { chosen, measured } = await tried([10, 12]);
    expect(chosen.crew).toEqual(one);
    expect(chosen.trials).toEqual([
      { ...two, stepsPerSecond: 10 },
      { ...one, stepsPerSecond: 12 },
    ]);
    expect(measured).toEqual(['2x1', '1x2']);
    expect((await tried([12, 10])).chosen.crew).toEqual(two);
    expect((await tried([10, 10])).chosen.crew).toEqual(two);
  });

  it('does not look at short work', async () => {
    const { chosen, measured } = await tried([10, 12], { stepsEach: 100, runSteps: 200 });
    expect(chosen).toEqual({ crew: two, trials: [] });
    expect(measured).toEqual([]);
  });

  it('tries no other crew where the first is done soon', async () => {
    const { chosen, measured } = await tried([1000, 2000]);
    expect(chosen).toEqual({ crew: two, trials: [{ ...two, stepsPerSecond: 1000 }] });
    expect(measured).toEqual(['2x1']);
  });

  it('has nothing to choose where there is one crew', async () => {
    expect((await tried([10], long, [one!])).measured).toEqual([]);
  });

  it('leaves a group that cannot do steps to the first crew', async () => {
    expect((await tried([null, 5])).chosen).toEqual({ crew: two, trials: [] });
  });

  it('passes over a crew that died of the work', async () => {
    expect((await tried([0, 5])).chosen.crew).toEqual(one);
    expect((await tried([5, 0])).chosen.crew).toEqual(two);
  });

  it('is told in words', () => {
    const trials = [
      { ...two!, stepsPerSecond: 31.04 },
      { ...one!, stepsPerSecond: 24 },
    ];
    expect(calibrationInWords({ crew: two!, trials })).toBe('2 processes × 1 thread: 31.0 steps/s; 1 × 2: 24.0');
    expect(calibrationInWords({ crew: one!, trials })).toBe('1 process × 2 threads: 24.0 steps/s; 2 × 1: 31.0');
    expect(calibrationInWords({ crew: two!, trials: [] })).toBe('2 processes × 1 thread');
  });
});
