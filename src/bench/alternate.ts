/** Measurements in turns, so that all sides meet the same noise of the machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Side } from './side.ts';

export interface Turns {
  /** How often each side has its turn. */
  readonly rounds: number;
  /** Repetitions in a turn. */
  readonly repeats: number;
}

/** Threads of the side before spin for a while before they sleep. */
const pauseMilliseconds = 200;

/** Milliseconds of every repetition, by side. */
export async function alternate(
  sides: readonly Pick<Side, 'measure'>[],
  { rounds, repeats }: Turns,
  onRound: (done: number) => void,
): Promise<number[][]> {
  const samples: number[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) {
      await sleep(pauseMilliseconds);
      samples[index]!.push(...(await side.measure(repeats)));
    }
    onRound(round + 1);
  }
  return samples;
}
