/** How many worker processes there are, and how many threads each of them computes with. */

export interface Crew {
  readonly workers: number;
  /** Of each process. */
  readonly threads: number;
}

/** What a person asked for; null where they did not. */
export interface AskedCrew {
  readonly workers: number | null;
  readonly threads: number | null;
}

/** What a crew has to do, and on what. */
export interface Place {
  /** All groups, done or not: the choice should not depend on how far the work is. */
  readonly groups: number;
  readonly cores: number;
  readonly gpu: boolean;
}

/** As asked for; else one process per core, one in all on a GPU, never more than groups, and the cores shared among them. */
export function crewOf({ workers, threads }: AskedCrew, { groups, cores, gpu }: Place): Crew {
  const wanted = workers ?? (gpu ? 1 : Math.floor(cores / (threads ?? 1)));
  const count = Math.max(1, Math.min(wanted, groups));
  return { workers: count, threads: threads ?? Math.max(1, Math.floor(cores / count)) };
}

/** Crews that use all cores, most processes first, each with half of those before it: 8 × 1, 4 × 2, 2 × 4, 1 × 8. */
export function possibleCrews(place: Place): Crew[] {
  const crews: Crew[] = [];
  let { workers } = crewOf({ workers: null, threads: null }, place);
  for (; workers >= 1; workers = Math.floor(workers / 2)) crews.push(crewOf({ workers, threads: null }, place));
  return crews;
}

/** "2 processes × 1 thread" */
export function inWords({ workers, threads }: Crew): string {
  const some = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
  return `${some(workers, 'process', 'processes')} × ${some(threads, 'thread', 'threads')}`;
}
