import { Command } from 'commander';
import { reproduce, type Reproduction } from '../reproduce/reproduce.ts';
import { reproductionInWords } from '../reproduce/inWords.ts';
import { askedEngine } from '../tensor/engineChoice.ts';
import { count } from './options.ts';
import { createProgress } from './progress.ts';
import { stoppable } from './stoppable.ts';

interface Options {
  readonly sample?: number;
  readonly results: string;
  readonly engine?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  adapterlab reproduce equal-footing --sample 5     five records of results/equal-footing
  adapterlab reproduce results/start                all of them
  adapterlab reproduce results/start/runs/LoRA-0.01-0-1a2b3c4d.json

Every number must be equal to the bit where the rounding must be: on wasm anywhere, on the native engine with the same model of processor,
TensorFlow, kernels and threads. Elsewhere each has the tolerance of its field. The experiment's file is found from the command that its
plan keeps, and must lie in the current folder. Nothing is written.`;

/** The verb `reproduce <experiment or record>`. */
export function reproduceCommand(): Command {
  return new Command('reproduce')
    .description('Run records again and compare them number by number. Exit status 1 when any differs.')
    .argument('<experiment or record>', "a record's file, the folder of an experiment, or its name below the results")
    .option('--sample <n>', 'so many of its records, the same ones every time, spread over the variants', count)
    .option('--results <dir>', 'folder of results', 'results')
    .option('--engine <name>', "tensorflow, wasm or cpu; by default each record's own, where it can be used")
    .option('--json', 'one JSON object instead of lines')
    .addHelpText('after', examples)
    .action(reproduceAndTell);
}

async function reproduceAndTell(what: string, { sample, results, engine, json }: Options): Promise<void> {
  if (engine !== undefined) askedEngine(engine);
  const progress = createProgress(process.stderr);
  const stop = stoppable(() => progress.say('Stopping …'));
  let done: Reproduction | null = null;
  try {
    done = await reproduce(what, {
      results,
      sample: sample ?? null,
      engine: engine ?? null,
      signal: stop.signal,
      onStart: (groups) => progress.start(groups),
      onProgress: (group, share) => progress.at(group, share),
      onDone: (group) => progress.done(group),
      say: (line) => progress.say(line),
    });
  } catch (error) {
    // A process that was just starting may have got the signal too.
    if (stop.received() === null) throw error;
  } finally {
    progress.end();
    stop.end();
  }
  const stopped = stop.received();
  if (stopped) return void process.kill(process.pid, stopped);
  if (done === null) return;
  console.log(json ? JSON.stringify(asData(done), null, 2) : reproductionInWords(done));
  if (done.records.some(({ verdict }) => verdict === 'differs')) process.exitCode = 1;
}

/** With the counts that a reader looks for first. */
function asData({ experiment, folder, records }: Reproduction): object {
  const of = (wanted: string): number => records.filter(({ verdict }) => verdict === wanted).length;
  return { experiment, folder, equal: of('equal'), close: of('close'), differing: of('differs'), records };
}
