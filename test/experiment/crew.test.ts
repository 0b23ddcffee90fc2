import { describe, expect, it } from 'vitest';
import { type AskedCrew, type Crew, crewOf, inWords, type Place, possibleCrews } from '../../src/experiment/crew.ts';

const asked = (workers: number | null, threads: number | null = null): AskedCrew => ({ workers, threads });
const place = (cores: number, groups = 100, gpu = false): Place => ({ cores, groups, gpu });
const pair = ({ workers, threads }: Crew): [number, number] => [workers, threads];

describe('a crew', () => {
  it('is one process per core, or one in all on a GPU', () => {
    expect(pair(crewOf(asked(null), place(2)))).toEqual([2, 1]);
    expect(pair(crewOf(asked(null), place(8)))).toEqual([8, 1]);
    expect(pair(crewOf(asked(null), place(8, 100, true)))).toEqual([1, 8]);
  });

  it('has no more processes than groups, and shares the cores among them', () => {
    expect(pair(crewOf(asked(null), place(8, 3)))).toEqual([3, 2]);
    expect(pair(crewOf(asked(5), place(8, 1)))).toEqual([1, 8]);
  });

  it('is what was asked for, the rest of it following', () => {
    expect(pair(crewOf(asked(1), place(8)))).toEqual([1, 8]);
    expect(pair(crewOf(asked(3), place(8)))).toEqual([3, 2]);
    expect(pair(crewOf(asked(null, 2), place(8)))).toEqual([4, 2]);
    expect(pair(crewOf(asked(null, 16), place(8)))).toEqual([1, 16]);
    expect(pair(crewOf(asked(3, 4), place(2)))).toEqual([3, 4]);
  });

  it('may be one of several, most processes first', () => {
    expect(possibleCrews(place(1)).map(pair)).toEqual([[1, 1]]);
    expect(possibleCrews(place(2)).map(pair)).toEqual([
      [2, 1],
      [1, 2],
    ]);
    expect(possibleCrews(place(6)).map(pair)).toEqual([
      [6, 1],
      [3, 2],
      [1, 6],
    ]);
    expect(possibleCrews(place(8, 3)).map(pair)).toEqual([
      [3, 2],
      [1, 8],
    ]);
  });

  it('is told in words', () => {
    expect(inWords({ workers: 2, threads: 1 })).toBe('2 processes × 1 thread');
    expect(inWords({ workers: 1, threads: 2 })).toBe('1 process × 2 threads');
  });
});
