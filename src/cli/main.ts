/** The program `adapterlab`. Exit status 0: done; 1: the work failed; 2: the request was wrong. */
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { RequestError } from '../errors.ts';
import { analyseCommand } from './analyse.ts';
import { benchCommand } from './bench.ts';
import { engineCommand } from './engine.ts';
import { evaluateCommand } from './evaluate.ts';
import { generateCommand } from './generate.ts';
import { inspectCommand } from './inspect.ts';
import { mergeCommand } from './merge.ts';
import { parityCommand } from './parity.ts';
import { reportCommand } from './report.ts';
import { reproduceCommand } from './reproduce.ts';
import { runCommand } from './run.ts';
import { startCommand } from './start.ts';
import { trainCommand } from './train.ts';

export function program(): Command {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  const made = new Command('adapterlab')
    .description('Compare ways to adapt a pretrained network with few trained parameters.')
    .version(version)
    .showHelpAfterError('(add --help for what there is)');
  const commands = [
    startCommand(),
    runCommand(),
    reportCommand(),
    reproduceCommand(),
    analyseCommand(),
    trainCommand(),
    evaluateCommand(),
    generateCommand(),
    mergeCommand(),
    inspectCommand(),
    parityCommand(),
    benchCommand(),
    engineCommand(),
  ];
  for (const command of commands) made.addCommand(command);
  made.exitOverride();
  for (const command of made.commands) command.exitOverride().showHelpAfterError('(add --help for what there is)');
  return made;
}

export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync([...argv]);
  } catch (error) {
    process.exitCode = exitStatus(error);
  }
}

function exitStatus(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has said it
  if (error instanceof RequestError) {
    console.error(`adapterlab: ${error.message}`);
    return 2;
  }
  console.error(
    `adapterlab: ${error instanceof Error ? (process.env.DEBUG ? error.stack : error.message) : String(error)}`,
  );
  return 1;
}
