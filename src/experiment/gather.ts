/** The worker processes of an experiment, and what is left for them to do. */
import os from 'node:os';
import { type Calibration, calibrate, type Measure } from './calibration.ts';
import { type AskedCrew, type Crew, crewOf, possibleCrews } from './crew.ts';
import { machineOf, readCalibration, writeCalibration } from './crewFile.ts';
import { type Group, groupsOf } from './groups.ts';
import type { Lanes } from './lanes.ts';
import { stepsOf } from './plan.ts';
import { isMissing, type Prepared } from './prepare.ts';
import { endTeam, nobody, speedOfTeam, type StartOne, type Team, teamOf } from './team.ts';

export interface GatherOptions {
  readonly crew: AskedCrew;
  /** Aborted: no more is measured. */
  readonly signal: AbortSignal;
}

export interface Gathered {
  readonly team: Team;
  readonly queue: readonly Group[];
  /** How many runs should go through a step together. */
  readonly lanes: Lanes;
  readonly chosen: Calibration;
}

/** The processes, and what they have to do. Which engine there is, and with it which groups, is known when they have started it. */
export async function gather(prepared: Prepared, options: GatherOptions, start: StartOne): Promise<Gathered> {
  const { crew: asked, signal } = options;
  const cores = os.availableParallelism();
  const missing = prepared.runs.filter(({ hash }) => !prepared.store.has(hash)).length;
  const guess = crewOf(asked, { groups: prepared.runs.length, cores, gpu: false });
  const first = await teamOf({ ...guess, workers: Math.min(guess.workers, missing) }, nobody, start);
  const all = new Set(first.processes);
  const startOne: StartOne = async (threads) => {
    const process = await start(threads);
    all.add(process);
    if (signal.aborted) process.stop(); // it was not there yet when the others heard it
    return process;
  };
  const stop = (): void => all.forEach((process) => process.stop());
  signal.addEventListener('abort', stop);
  try {
    const { engine, lanes } = first.processes[0]!;
    const groups = groupsOf(prepared.runs, lanes);
    const queue = groups.filter((group) => isMissing(prepared, group));
    // Of the grids as written: how often they are extended is not known beforehand, and the crew should not depend on it.
    const place = { groups: groups.filter(({ round }) => round === 0).length, cores, gpu: engine.gpu };
    const isFree = asked.workers === null && asked.threads === null && engine.usesThreads && !engine.gpu;
    const crews = isFree ? possibleCrews(place) : [crewOf(asked, place)];
    const machine = machineOf(engine, cores);
    const { folder } = prepared.store;
    const { team, chosen } = await choose(crews, first, {
      stored: isFree ? readCalibration(folder, machine) : null,
      queue,
      start: startOne,
      signal,
    });
    if (chosen.trials.length > 1 && !signal.aborted) writeCalibration(folder, machine, chosen);
    const workers = Math.min(chosen.crew.workers, queue.length);
    return { team: await teamOf({ ...chosen.crew, workers }, team, startOne), queue, lanes, chosen };
  } catch (error) {
    for (const process of all) process.end();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

interface Choice {
  readonly stored: Calibration | null;
  readonly queue: readonly Group[];
  readonly start: StartOne;
  readonly signal: AbortSignal;
}

/** What was measured before, else now; and the first team as it is then. It waits while another is measured: mostly it is chosen. */
async function choose(
  crews: readonly Crew[],
  first: Team,
  { stored, queue, start, signal }: Choice,
): Promise<{ team: Team; chosen: Calibration }> {
  let team = first;
  if (stored) return { team, chosen: stored };
  const measure: Measure = async (crew) => {
    if (signal.aborted) return null;
    if (crew.threads === team.threads) {
      team = await teamOf(crew, team, start);
      return speedOfTeam(team, queue[0]!);
    }
    const trial = await teamOf(crew, nobody, start);
    const speed = await speedOfTeam(trial, queue[0]!);
    endTeam(trial);
    return speed;
  };
  const stepsIn = ({ runs }: Group): number => stepsOf(runs[0]!);
  const runSteps = queue.reduce((sum, group) => sum + stepsIn(group) * group.runs.length, 0);
  const groupSteps = queue.reduce((sum, group) => sum + stepsIn(group), 0);
  const work = { runSteps, stepsEach: groupSteps / crews[0]!.workers };
  return { chosen: await calibrate(crews, work, measure), team };
}
