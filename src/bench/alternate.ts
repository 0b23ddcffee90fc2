/** Measurements in turns, so that all sides meet the same noise of the machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Side } from './side.ts';

export interface Turns {
  /** How often each side has its turn. */
  readonly rounds: number;
  /** Repetitions in a turn. */
  readonly repeats: number;
}

/** After two rounds, no further one begins when so much time is gone: on a slow engine a row would go on for hours. */
export const isEnough = (roundsDone: number, beganAt: number, limitSeconds: number): boolean =>
  roundsDone >= 2 && performance.now() - beganAt > 1000 * limitSeconds;

/** Threads of the side before spin for a while before they sleep. */
const pauseMilliseconds = 200;

/** Milliseconds of every repetition, by side. */
export async function alternate(
  sides: readonly Pick<Side, 'measure'>[],
  { rounds, repeats }: Turns,
  limitSeconds: number,
  onRound: (done: number) => void,
): Promise<number[][]> {
  const samples: number[][] = sides.map(() => []);
  const began = performance.now();
  for (let round = 0; round < rounds && !isEnough(round, began, limitSeconds); round++) {
    for (const [index, side] of sides.entries()) {
      await sleep(pauseMilliseconds);
      samples[index]!.push(...(await side.measure(repeats)));
    }
    onRound(round + 1);
  }
  return samples;
}
