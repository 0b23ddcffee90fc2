/** Worker processes with equally many threads, started together. */
import type { Crew } from './crew.ts';
import type { Group } from './groups.ts';
import type { WorkerProcess } from './workerProcess.ts';

export interface Team {
  readonly threads: number;
  readonly processes: readonly WorkerProcess[];
}

/** Starts one process with so many threads. */
export type StartOne = (threads: number) => Promise<WorkerProcess>;

export const nobody: Team = { threads: 0, processes: [] };

/** A team of the crew's size, out of those who are there where they have as many threads; the others are ended. */
export async function teamOf(crew: Crew, { threads, processes }: Team, start: StartOne): Promise<Team> {
  const kept = threads === crew.threads ? processes.filter((process) => process.alive).slice(0, crew.workers) : [];
  endTeam({ threads, processes: processes.filter((process) => !kept.includes(process)) });
  const missing = Array.from({ length: crew.workers - kept.length }, () => start(crew.threads));
  const started = await Promise.allSettled(missing);
  const team = [...kept, ...started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))];
  const failed = started.find((one) => one.status === 'rejected');
  if (!failed) return { threads: crew.threads, processes: team };
  endTeam({ threads: crew.threads, processes: team });
  throw failed.reason as Error;
}

export function endTeam({ processes }: Team): void {
  for (const process of processes) process.end();
}

/**
 * Steps of single runs in a second, all processes at work on the group at once. Null where it cannot do any; 0 where a process died of
 * it.
 */
export async function speedOfTeam({ processes }: Team, group: Group): Promise<number | null> {
  const speeds = await Promise.all(processes.map((process) => process.measure(group)));
  if (speeds.includes(null)) return null;
  return speeds.includes(0) ? 0 : speeds.reduce<number>((sum, speed) => sum + speed!, 0);
}
