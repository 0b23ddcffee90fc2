import { Command } from 'commander';
import { huggingFace } from '../experiment/base.ts';
import { RequestError } from '../errors.ts';
import type { Experiment } from '../experiment/define.ts';
import { loadExperiment } from '../experiment/load.ts';
import { scriptOf } from '../reproduce/script.ts';
import { readStore } from '../results/store.ts';
import { analyse, asksForData, checkMadeBy, keepsRuns } from '../experiment/analyse/analyse.ts';
import { analysedText } from './analysedText.ts';
import { experimentFolders } from './report.ts';

interface AnalyseArguments {
  readonly base?: readonly string[];
  readonly engine?: string;
  readonly json?: boolean;
}

const more = `
What is analysed is what the runs kept: an experiment with keep: 'adapters' or keep: 'trajectory' writes it beside its records. The
result, <folder>/analysis.json, is all that the report and the notebooks need. Of runs on a base in codes, the merged kernels are rounded
again and scored: the data for that come from the experiment's file, which is found as by reproduce, and must lie in the current folder.

Examples:
  adapterlab analyse results/rank-sweep
  adapterlab analyse results/equal-footing-stories --base ../shared/models/stories260K-hf`;

/** The verb `analyse <folder>`: what the runs of an experiment did to the base. */
export function analyseCommand(): Command {
  return new Command('analyse')
    .description('Say what the runs changed in the base: spectra, similarity, amplification, intruders, movement')
    .argument(
      '<folder>',
      'folder of one experiment, or a results folder with several, of which those that kept something',
    )
    .option(
      '--base <folder>',
      'where a base of the runs lies, unless it is the embedded one; may be repeated',
      (folder: string, before: readonly string[] | undefined) => [...(before ?? []), folder],
    )
    .option('--engine <name>', 'tensorflow, wasm or cpu; by default the best available')
    .option('--json', 'print the analyses as JSON')
    .addHelpText('after', more)
    .action(async (folder: string, { base = [], engine, json }: AnalyseArguments) => {
      const bases = base.map((at) => huggingFace(at));
      const results = [];
      const experiments = experimentFolders(folder);
      const kept = experiments.filter(keepsRuns);
      for (const experiment of kept.length === 0 ? experiments : kept) {
        const { file, analysis } = await analyse(experiment, {
          bases,
          engine,
          say: json ? undefined : console.log,
          experiment: asksForData(experiment) ? await madeBy(experiment) : undefined,
        });
        results.push(analysis);
        if (json) continue;
        console.log(analysedText(analysis));
        console.log(`analysis: ${file}`);
      }
      if (json) console.log(JSON.stringify(results, null, 2));
    });
}

/** The experiment of a folder; undefined, and said why, where its file is not to be found or makes other runs by now. */
async function madeBy(folder: string): Promise<Experiment | undefined> {
  try {
    const script = scriptOf(readStore(folder).plan.command, folder);
    const { experiment } = await loadExperiment(script.file, script);
    checkMadeBy(folder, experiment);
    return experiment;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    console.error(`merged kernels are not rounded again, for which the data are needed: ${error.message}`);
    return undefined;
  }
}
