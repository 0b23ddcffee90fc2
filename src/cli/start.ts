import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { type RunArguments, runFile, withRunOptions } from './run.ts';

const file = fileURLToPath(new URL('../../experiments/start.ts', import.meta.url));

/** The verb `start`: a small comparison of the methods on the base that comes with the package. */
export function startCommand(): Command {
  const command = new Command('start').description(
    'Compare the methods on the embedded base, in minutes; no file needed',
  );
  return withRunOptions(command)
    .addHelpText('after', '\nExample:\n  adapterlab start --results first-look')
    .action((given: RunArguments) => runFile(file, given, 'npx adapterlab start'));
}
