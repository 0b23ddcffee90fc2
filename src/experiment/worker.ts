/** A worker process: does the groups that its parent sends, one at a time. It ends with its parent, however that ends. */
import { pathToFileURL } from 'node:url';
import { messageOf, RequestError } from '../errors.ts';
import { startEngine } from '../tensor/engine.ts';
import { environmentOf } from './environment.ts';
import { runGroup } from './group.ts';
import { loadExperiment } from './load.ts';
import { type Materials, openMaterials } from './materials.ts';
import type { FromWorker, GroupOutcome, GroupToRun, ToWorker, WorkerStart } from './messages.ts';
import { otherRun, type Run } from './plan.ts';
import { plannedRuns } from './plannedRuns.ts';
import { speedOf } from './speed.ts';

/** Between two messages on progress. */
const tellEveryMilliseconds = 200;
/** For saving, when the parent is gone. */
const lastMilliseconds = 20_000;

interface Ready {
  readonly materials: Materials;
  readonly environment: ReturnType<typeof environmentOf>;
  readonly runs: readonly Run[];
}

function work(): void {
  const stopping = new AbortController();
  let ready: Ready | null = null;
  let busy = false;
  let leaving = false;
  // A parent that is gone is noticed by 'disconnect', not by what cannot be sent any more.
  const unsent = (): void => {};
  const say = (message: FromWorker): void => {
    if (process.connected) process.send!(message, undefined, undefined, unsent);
  };

  const leave = (): void => {
    leaving = true;
    stopping.abort();
    if (!busy) process.exit();
    setTimeout(() => process.exit(1), lastMilliseconds);
  };
  process.on('disconnect', leave);
  if (!process.connected) leave(); // while this process was starting
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);

  const answer = async (task: () => Promise<FromWorker>): Promise<void> => {
    busy = true;
    say(await task().catch(outcomeOf));
    busy = false;
    if (leaving) process.exit();
  };
  process.on('message', (message: ToWorker) => {
    if (message.type === 'stop') stopping.abort();
    if (message.type === 'start')
      void answer(async () => {
        const engine = await startEngine(message.start);
        ready = await getReady(message.start, environmentOf(engine), (line) => say({ type: 'say', line }));
        return { type: 'ready', engine, lanes: ready.materials.lanes(engine.laneCap) };
      });
    if (message.type === 'measure')
      void answer(async () => {
        const material = ready!.materials.of(message.group);
        return { type: 'measured', stepsPerSecond: await speedOf(message.group, material, stopping.signal) };
      });
    if (message.type === 'run') void answer(() => runOne(ready!, message, stopping.signal, say));
  });
}

async function getReady(
  { file, quick, seeds }: WorkerStart,
  environment: Ready['environment'],
  say: (line: string) => void,
): Promise<Ready> {
  const { experiment, name } = await loadExperiment(file, { quick, seeds });
  const runs = plannedRuns(experiment, name);
  return { environment, runs, materials: openMaterials(experiment, runs, say) };
}

/** Whether the experiment has such a run, in its grid or in an extension of it. */
function has(runs: readonly Run[], { variant, hash, learningRate, seed, round }: Run): boolean {
  const own = runs.find((run) => run.variant === variant);
  return own !== undefined && otherRun(own, { learningRate, seed, round }).hash === hash;
}

async function runOne(
  { materials, environment, runs }: Ready,
  { group, stateFile, folder }: GroupToRun,
  signal: AbortSignal,
  say: (message: FromWorker) => void,
): Promise<GroupOutcome> {
  if (group.runs.some((run) => !has(runs, run)))
    throw new RequestError('the experiment file, its data or its base changed while it was being run; run it again');
  let toldAt = 0;
  const onProgress = (share: number): void => {
    const now = Date.now();
    if (now - toldAt < tellEveryMilliseconds) return;
    toldAt = now;
    say({ type: 'progress', share });
  };
  const options = { environment, stateFile, folder, signal, onProgress };
  const records = await runGroup(group, materials.of(group), options);
  return records ? { type: 'done', records } : { type: 'stopped' };
}

function outcomeOf(error: unknown): GroupOutcome {
  return { type: error instanceof RequestError ? 'refused' : 'broken', message: messageOf(error) };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) work();
