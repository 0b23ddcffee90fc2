/**
 * What the runs of an experiment did to the base, from what they kept: `<folder>/analysis.json`, for every variant at its best rate. The
 * file is small, so that a report, a notebook or another machine needs neither the artefacts nor the base.
 */
import { RequestError } from '../../errors.ts';
import type { Analysis, RunAnalysis, VariantAnalysis } from '../../results/analysis.ts';
import { analysisSchemaName } from '../../results/analysis.ts';
import { writeAnalysis } from '../../results/analysisFile.ts';
import type { Json } from '../../results/json.ts';
import { readStore } from '../../results/store.ts';
import { startEngine } from '../../tensor/engine.ts';
import type { BaseSource } from '../base.ts';
import type { Experiment } from '../define.ts';
import { openBases } from './bases.ts';
import { keptVariants } from './keptRuns.ts';
import { readKernels, siteKey } from './kernels.ts';
import { isRounding, requantizedLosses } from './requantized.ts';
import { type AnalysedRun, analyseRun } from './runNumbers.ts';
import { checkSameRuns } from './sameRuns.ts';
import { similarities } from './similarities.ts';
import { startOf } from './starts.ts';
import { storageErrors } from './storageErrors.ts';

export interface AnalyseOptions {
  /** Where the bases of the runs lie; the embedded one need not be named. */
  readonly bases?: readonly BaseSource[];
  /** The one that made the runs, for its data: what rounding merged kernels again costs is measured on them, where bases are in codes. */
  readonly experiment?: Experiment;
  /** Starts this engine; the one that runs, or the best available, unless given. */
  readonly engine?: string;
  /** Hears what is being done, a line at a time. */
  readonly say?: (line: string) => void;
}

export interface Analysed {
  readonly file: string;
  readonly analysis: Analysis;
}

/** Whether the runs of an experiment were asked to keep what they trained. */
export const keepsRuns = (folder: string): boolean => readStore(folder).plan.settings.keep !== undefined;

/** Whether an analysis would look at the experiment's data: what it takes from them is left out without it. */
export const asksForData = (folder: string): boolean =>
  Object.values(readStore(folder).plan.variants).some((variant) => {
    const { storage } = variant as { readonly storage?: Json };
    return isRounding(storage);
  });

/** Throws a RequestError where an experiment no longer makes the runs of a folder that an analysis would look at. */
export function checkMadeBy(folder: string, experiment: Experiment): void {
  const { plan, read } = readStore(folder);
  checkSameRuns(experiment, plan.experiment, keptVariants(plan, read(), folder));
}

/**
 * Throws a RequestError where the folder is no experiment's, kept nothing, lacks a file of a run at a best rate, has no variant with a
 * best rate yet, where the base of its runs is not among `bases`, or where `experiment` no longer makes them.
 */
export async function analyse(
  folder: string,
  { bases = [], experiment, engine, say = () => {} }: AnalyseOptions = {},
): Promise<Analysed> {
  const store = readStore(folder);
  const { plan } = store;
  if (!plan.settings.keep)
    throw new RequestError(
      `${folder} holds nothing to analyse: the experiment did not keep what its runs trained; add keep: 'adapters' or keep: 'trajectory' to it, and run it into another folder`,
    );
  const variants = keptVariants(plan, store.read(), folder);
  if (experiment) checkSameRuns(experiment, plan.experiment, variants);
  const opened = openBases(
    variants.flatMap(({ runs }) => runs.map(({ record }) => record)),
    bases,
  );
  try {
    await startEngine({ engine });
    const kernels = readKernels(variants, opened);
    const analysed = new Map<string, AnalysedRun[]>();
    for (const { variant, runs } of variants) {
      say(`${variant}: ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`);
      analysed.set(
        variant,
        runs.map((run) => analyseRun(run, kernels)),
      );
    }
    const requantized = experiment && (await requantizedLosses(variants, experiment, kernels, say));
    const withLosses = ({ numbers }: AnalysedRun): RunAnalysis => {
      const losses = requantized?.get(numbers.hash);
      return losses ? { ...numbers, requantized: losses } : numbers;
    };
    const indices = new Map(kernels.sites.map((site, index) => [siteKey(site), index]));
    const analysis: Analysis = {
      schema: analysisSchemaName,
      experiment: plan.experiment,
      sites: kernels.sites.map(({ name, shape }) => ({ name, shape: [...shape] as [number, number] })),
      variants: Object.fromEntries(
        variants.map(({ variant, learningRate, runs }): [string, VariantAnalysis] => {
          const own = analysed.get(variant)!;
          return [
            variant,
            {
              learningRate,
              sites: own[0]!.sites.map((site) => indices.get(siteKey(site))!),
              runs: own.map(withLosses),
              start: startOf(runs, kernels),
            },
          ];
        }),
      ),
      similarity: similarities(analysed, kernels.sites),
      quantization: storageErrors(variants, opened),
    };
    return { file: writeAnalysis(folder, analysis), analysis };
  } finally {
    opened.close();
  }
}
