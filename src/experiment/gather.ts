/** The worker processes of an experiment, and what is left for them to do. */
import os from 'node:os';
import { type Calibration, calibrate, type Measure } from './calibration.ts';
import { type AskedCrew, crewOf, possibleCrews } from './crew.ts';
import { machineOf, readCalibration, writeCalibration } from './crewFile.ts';
import { type Group, groupsOf } from './groups.ts';
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
  readonly chosen: Calibration;
}

/** The processes, and what they have to do. Which engine there is, and with it which groups, is known when they have started it. */
export async function gather(
  prepared: Prepared,
  { crew: asked, signal }: GatherOptions,
  start: StartOne,
): Promise<Gathered> {
  const cores = os.availableParallelism();
  const { folder } = prepared.store;
  const missing = prepared.runs.filter(({ hash }) => !prepared.store.has(hash)).length;
  const guess = crewOf(asked, { groups: prepared.runs.length, cores, gpu: false });
  let team = await teamOf({ ...guess, workers: Math.min(guess.workers, missing) }, nobody, start);
  const stop = (): void => team.processes.forEach((process) => process.stop());
  signal.addEventListener('abort', stop);
  try {
    const { engine, lanes } = team.processes[0]!;
    const groups = groupsOf(prepared.runs, lanes);
    const queue = groups.filter((group) => isMissing(prepared, group));
    const place = { groups: groups.length, cores, gpu: engine.gpu };
    const free = asked.workers === null && asked.threads === null && engine.usesThreads && !engine.gpu;
    const crews = free ? possibleCrews(place) : [crewOf(asked, place)];
    const machine = machineOf(engine, cores);
    const stored = free ? readCalibration(folder, machine) : null;
    const runSteps = prepared.steps * queue.reduce((sum, { runs }) => sum + runs.length, 0);
    const work = { runSteps, stepsEach: (prepared.steps * queue.length) / crews[0]!.workers };
    const measure: Measure = async (crew, seconds) => {
      team = await teamOf(crew, team, start);
      const speed = signal.aborted ? null : await speedOfTeam(team, queue[0]!, seconds);
      if (speed === 0) {
        endTeam(team);
        team = nobody;
      }
      return speed;
    };
    const chosen = stored ?? (await calibrate(crews, work, measure));
    if (!stored && chosen.trials.length > 1 && !signal.aborted) writeCalibration(folder, machine, chosen);
    const workers = Math.max(1, Math.min(chosen.crew.workers, queue.length));
    team = await teamOf({ ...chosen.crew, workers }, team, start);
    return { team, queue, chosen };
  } catch (error) {
    endTeam(team);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
