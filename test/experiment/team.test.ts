/** Teams of processes that are made up. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Group } from '../../src/experiment/groups.ts';
import { nobody, speedOfTeam, teamOf } from '../../src/experiment/team.ts';
import type { WorkerProcess } from '../../src/experiment/workerProcess.ts';

let started: string[] = [];
let ended: string[] = [];
let failing = '';
let dead = '';
beforeEach(() => {
  started = [];
  ended = [];
  failing = dead = '';
});

async function start(threads: number): Promise<WorkerProcess> {
  const name = `${started.length}:${threads}`;
  started.push(name);
  if (name === failing) throw new Error(`${name} did not start`);
  return { alive: name !== dead, end: () => ended.push(name) } as unknown as WorkerProcess;
}

describe('a team', () => {
  it('keeps those who have as many threads, and no one else', async () => {
    const two = await teamOf({ workers: 2, threads: 1 }, nobody, start);
    const three = await teamOf({ workers: 3, threads: 1 }, two, start);
    expect(three.processes.slice(0, 2)).toEqual(two.processes);
    const one = await teamOf({ workers: 1, threads: 1 }, three, start);
    expect(ended).toEqual(['1:1', '2:1']);
    const other = await teamOf({ workers: 1, threads: 2 }, one, start);
    expect(ended).toEqual(['1:1', '2:1', '0:1']);
    expect(started).toEqual(['0:1', '1:1', '2:1', '3:2']);
    expect([other.threads, other.processes.length]).toEqual([2, 1]);
  });

  it('replaces those who have died', async () => {
    dead = '0:1';
    const two = await teamOf({ workers: 2, threads: 1 }, nobody, start);
    const again = await teamOf({ workers: 2, threads: 1 }, two, start);
    expect(again.processes[0]).toBe(two.processes[1]);
    expect(started).toEqual(['0:1', '1:1', '2:1']);
  });

  it('is ended where one of it does not start', async () => {
    failing = '1:1';
    await expect(teamOf({ workers: 3, threads: 1 }, nobody, start)).rejects.toThrow('1:1 did not start');
    expect(ended).toEqual(['0:1', '2:1']);
  });

  it('is as fast as all of it, dead when one is, and of no speed where the group does no step', async () => {
    const speed = (...speeds: (number | null)[]): Promise<number | null> => {
      const processes = speeds.map((one) => ({ measure: async () => one }) as unknown as WorkerProcess);
      return speedOfTeam({ threads: 1, processes }, {} as Group);
    };
    expect(await speed(3, 4)).toBe(7);
    expect(await speed(3, 0)).toBe(0);
    expect(await speed(3, null)).toBeNull();
  });
});
