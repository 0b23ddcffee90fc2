/** Reads an experiment file, TypeScript as it stands. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { RequestError } from '../errors.ts';
import { type Experiment, isExperiment, madeBy, packageFolder } from './define.ts';

/** What the command line may change about an experiment. */
export interface LoadOptions {
  readonly quick: boolean;
  /** How many seeds, instead of the experiment's own number. */
  readonly seeds: number | null;
}

export interface NamedExperiment {
  readonly experiment: Experiment;
  /** That of the file, '-quick' added for the small version: the folder below the results. */
  readonly name: string;
}

/** Throws a RequestError for a file that is missing, throws, or has no experiment as its default export. */
export async function loadExperiment(file: string, { quick, seeds }: LoadOptions): Promise<NamedExperiment> {
  const whole = await defaultExport(file);
  const name = path.basename(file).replace(/\.[cm]?[jt]s$/, '');
  if (quick && !whole.quick)
    throw new RequestError(`${file} says nothing about --quick; add quick: { … } to it, or run it whole`);
  const experiment = quick ? whole.quick! : whole;
  return {
    experiment: seeds === null ? experiment : { ...experiment, seeds: firstSeeds(experiment.seeds, seeds) },
    name: quick ? `${name}-quick` : name,
  };
}

async function defaultExport(file: string): Promise<Experiment> {
  const full = path.resolve(file);
  if (!existsSync(full) || !statSync(full).isFile())
    throw new RequestError(`there is no experiment ${file}; ${existing(path.dirname(full))}`);
  // Not tsx's own import function: it would give the file a second copy of this package.
  const [esm, cjs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
  // In a package that does not say "type": "module", the file is one of CommonJS.
  const endModules = esm.register();
  const endCommonJs = cjs.register();
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(full).href)) as { default?: unknown };
  } catch (error) {
    throw new RequestError(`${file} cannot be run: ${described(error, full)}`);
  } finally {
    endCommonJs();
    await endModules();
  }
  const found = module.default;
  // A file in a package that is not of modules comes wrapped once more.
  const experiment = isExperiment(found) ? found : (found as { default?: unknown } | undefined)?.default;
  if (!isExperiment(experiment))
    throw new RequestError(`${file} exports no experiment; it should end in: export default defineExperiment({ … })`);
  if (madeBy(experiment) !== packageFolder)
    throw new RequestError(
      `${file} imports the copy of adapterlab in ${madeBy(experiment)}, but the one in ${packageFolder} was started; ` +
        'start the program of the copy that it imports (npx adapterlab, in its project)',
    );
  return experiment;
}

/** What was thrown, and where in the file. */
function described(error: unknown, file: string): string {
  if (!(error instanceof Error)) return String(error);
  const place = new RegExp(`${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}:(\\d+)`).exec(error.stack ?? '');
  if (/Cannot find (?:module|package) 'adapterlab'/.test(error.message))
    return "no package 'adapterlab' is to be found from there; install it beside the file (npm install), or put the file into a checkout";
  const kind = error.name === 'Error' || error.name === 'RequestError' ? '' : `${error.name}: `;
  return `${kind}${error.message}${place ? ` (line ${place[1]})` : ''}`;
}

/** The experiments in the folder that was meant, else in ./experiments. */
function existing(folder: string): string {
  for (const place of [folder, path.resolve('experiments')]) {
    if (!existsSync(place)) continue;
    const files = readdirSync(place).filter((name) => /\.[cm]?[jt]s$/.test(name) && !name.endsWith('.d.ts'));
    if (files.length > 0) return `${path.relative('.', place) || '.'} has ${files.sort().join(', ')}`;
  }
  return 'write one with defineExperiment, or name one of those that come with the package (experiments/)';
}

/** The experiment's own seeds, then the smallest that are not among them. */
function firstSeeds(own: readonly number[], count: number): readonly number[] {
  const more = Array.from({ length: own.length + count }, (_, seed) => seed).filter((seed) => !own.includes(seed));
  return [...own, ...more].slice(0, count);
}
