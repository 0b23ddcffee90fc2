/** Which experiment file made a results folder, from the command that its plan keeps. */
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { RequestError } from '../errors.ts';
import { packageFolder } from '../experiment/define.ts';
import { unknownCommand } from '../results/planOfRecords.ts';

export interface Script {
  readonly file: string;
  readonly quick: boolean;
  /** How many seeds, instead of the experiment's own number. */
  readonly seeds: number | null;
}

const runCommand = /^npx adapterlab run (.+?)((?: --quick| --seeds \d+)*)(?: --results .+)?$/;

/**
 * `command`: as plan.json has it. `folder`: for messages. The file is loaded later, as `run` does it, so it must lie in the current folder
 * or in this package: a plan from elsewhere cannot have any other file run. Throws a RequestError where there is no such file.
 */
export function scriptOf(command: string, folder: string): Script {
  if (command === 'npx adapterlab start')
    return { file: path.join(packageFolder, 'experiments', 'start.ts'), quick: false, seeds: null };
  if (command === unknownCommand)
    throw new RequestError(`${folder} has no plan.json: which experiment file made it is not known; restore it`);
  const [, file, options] = runCommand.exec(command) ?? [];
  if (file === undefined || options === undefined)
    throw new RequestError(
      `${folder} was not made by \`adapterlab run\` but by ${command}; do that again into another folder, and compare the two`,
    );
  const seeds = /--seeds (\d+)/.exec(options)?.[1];
  return {
    file: existing(file, folder),
    quick: options.includes('--quick'),
    seeds: seeds === undefined ? null : Number(seeds),
  };
}

function existing(file: string, folder: string): string {
  const places = [process.cwd(), packageFolder];
  const found = places.map((place) => path.resolve(place, file)).find((full) => existsSync(full));
  if (found === undefined)
    throw new RequestError(
      `${folder} was made by ${file}, which is not here; start this in the folder that it lies in, or restore it`,
    );
  if (!places.some((place) => isWithin(realpathSync(place), realpathSync(found))))
    throw new RequestError(
      `${folder} was made by ${file}, which lies outside of ${process.cwd()}; only experiments of the folder that this is started in are loaded`,
    );
  return found;
}

function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
