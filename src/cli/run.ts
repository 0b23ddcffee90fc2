import { Command } from 'commander';
import { calibrationInWords } from '../experiment/calibration.ts';
import type { Extension } from '../experiment/growingRuns.ts';
import { loadExperiment } from '../experiment/load.ts';
import { isComplete, prepareExperiment, type Prepared } from '../experiment/prepare.ts';
import { runInWorkers } from '../experiment/workers.ts';
import { writeReport } from '../report/report.ts';
import { summarize } from '../results/summary.ts';
import { askedEngine } from '../tensor/engineChoice.ts';
import { count, engineOption } from './options.ts';
import { createProgress } from './progress.ts';
import { stoppable } from './stoppable.ts';

export interface RunArguments {
  readonly quick?: boolean;
  readonly only?: string;
  readonly seeds?: number;
  readonly workers?: number;
  readonly threads?: number;
  readonly engine?: string;
  readonly results: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  adapterlab run experiments/rank-sweep.ts           what is missing of it, then the report
  adapterlab run experiments/rank-sweep.ts --quick   a small version, in minutes
  adapterlab run my-experiment.ts --only DoRA --seeds 5

Ctrl-C saves what is in hand; the same command goes on from there.`;

/** The verb `run <experiment.ts>`: runs what is missing, resumes what was cut off, writes the report. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('Run what is missing of an experiment, resume what was cut off, write the report')
    .argument('<experiment>', 'a TypeScript file that exports defineExperiment({ … })')
    .option('--quick', 'the small version that the experiment describes')
    .option('--only <variant>', 'one variant of it')
    .option('--seeds <n>', 'how many seeds, instead of its own number', count);
  return withRunOptions(command)
    .addHelpText('after', examples)
    .action((file: string, given: RunArguments) => runFile(file, given, commandText(file, given)));
}

/** The options that `run` and `start` share. */
export function withRunOptions(command: Command): Command {
  return command
    .option(
      '--workers <n>',
      'processes; by default one per core, or fewer where that is faster; one in all on a GPU',
      count,
    )
    .option('--threads <n>', 'threads of each process; by default the cores shared among the processes', count)
    .addOption(engineOption())
    .option('--results <dir>', 'folder of results', 'results')
    .option('--json', 'print one JSON object at the end');
}

/** Runs an experiment file and writes its report. `command` is what a report tells its readers to type. */
export async function runFile(file: string, given: RunArguments, command: string): Promise<void> {
  const { quick = false, seeds = null, only = null, results, engine } = given;
  askedEngine(engine);
  const { experiment, name } = await loadExperiment(file, { quick, seeds });
  const prepared = prepareExperiment(experiment, { experiment: name, command, results, only });
  let stopped: NodeJS.Signals | null = null;
  try {
    stopped = await runAndReport(file, name, given, prepared);
  } catch (error) {
    throw withPlace(error, prepared.store.folder);
  } finally {
    prepared.release();
  }
  if (stopped) process.kill(process.pid, stopped);
}

/** A full disk says neither which it is nor what to do. */
function withPlace(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !error.message.includes('ENOSPC')) return error;
  return new Error(
    `${error.message}; ${folder} is on a full disk. What is written is whole: make room, and the same command goes on from there`,
  );
}

/** Gives the signal that stopped it, or null. */
async function runAndReport(
  file: string,
  name: string,
  given: RunArguments,
  prepared: Prepared,
): Promise<NodeJS.Signals | null> {
  const { folder } = prepared.store;
  if (!isComplete(prepared)) {
    const signal = await runMissing(file, given, prepared);
    if (signal) {
      console.error(`Stopped. What is done is in ${folder}; the same command goes on from there.`);
      return signal;
    }
  }
  const report = await writeReport(folder);
  const runs = summarize(prepared.store.plan, prepared.store.read()).counts;
  if (given.json) console.log(JSON.stringify({ experiment: name, folder, runs, report }, null, 2));
  else console.log(`runs    ${inWords(runs)}\nreport  ${report.html}`);
  if (runs.failed > 0)
    throw new Error(`${runs.failed} runs failed; the report says why, and the same command tries them again`);
  return null;
}

/** The signal that stopped it, or null. */
async function runMissing(
  file: string,
  { quick = false, seeds, workers, threads, engine }: RunArguments,
  prepared: Prepared,
): Promise<NodeJS.Signals | null> {
  const progress = createProgress(process.stderr);
  const stop = stoppable(() => progress.say('Saving what is in hand (Ctrl-C again: leave without) …'));
  try {
    await runInWorkers(prepared, {
      start: { file, quick, seeds: seeds ?? null, engine },
      crew: { workers: workers ?? null, threads: threads ?? null },
      signal: stop.signal,
      onStart({ engine: name, reason }, calibration, groups) {
        progress.say(`engine  ${name}: ${reason}`);
        progress.say(`crew    ${calibrationInWords(calibration)}`);
        progress.start(groups);
      },
      onProgress: (group, share) => progress.at(group, share),
      onDone: (group) => progress.done(group),
      onExtend(extension, groups) {
        progress.say(`grid    ${extensionInWords(extension)}`);
        progress.add(groups);
      },
      say: (line) => progress.say(line),
    });
  } finally {
    progress.end();
    stop.end();
  }
  return stop.received();
}

function extensionInWords({ variant, edge, place, learningRate, round, most }: Extension): string {
  return `${variant}: its best rate, ${edge}, is the ${place} of its grid; ${learningRate} is tried too (extension ${round} of ${most})`;
}

/** As a person would type it again. */
function commandText(file: string, { quick, seeds, results }: RunArguments): string {
  const options = [
    ...(quick ? ['--quick'] : []),
    ...(seeds === undefined ? [] : [`--seeds ${seeds}`]),
    ...(results === 'results' ? [] : [`--results ${results}`]),
  ];
  return ['npx adapterlab run', file, ...options].join(' ');
}

const inWords = (runs: object): string =>
  Object.entries(runs)
    .map(([status, number]) => `${number} ${status}`)
    .join(', ');
