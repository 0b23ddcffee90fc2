/** A claim, and how its parts are found out. */
import type { Evidence, WeighedExperiment } from './evidence.ts';
import type { Finding } from './finding.ts';
import { NotMeasured } from './notMeasured.ts';

export interface Claim {
  /** In the list of claims. */
  readonly number: number;
  readonly claim: string;
  readonly sections: readonly Section[];
}

/** What one source says of a claim. */
export interface Section {
  /** Name of an experiment, or of another source. */
  readonly source: string;
  /** Throws NotMeasured where its source lacks what it needs. */
  readonly find: (evidence: Evidence) => Finding[];
  /** An experiment's report is linked by itself; other places to look, as seen from the folder of results. */
  readonly see?: readonly { readonly text: string; readonly href: string }[];
}

/** What an experiment says. Without it: what command would measure it. */
export const from = (source: string, find: (experiment: WeighedExperiment) => Finding[]): Section => ({
  source,
  find(evidence) {
    const experiment = experimentOf(evidence, source);
    if (!experiment) throw new NotMeasured(`not run yet: npx adapterlab run experiments/${source}.ts`);
    return find(experiment);
  },
});

/** By its name, whatever its folder is called. */
export const experimentOf = ({ experiments }: Evidence, name: string): WeighedExperiment | undefined =>
  experiments.find(({ summary }) => summary.experiment === name);

/** The same of several experiments. */
export const fromEach = (sources: readonly string[], find: (experiment: WeighedExperiment) => Finding[]): Section[] =>
  sources.map((source) => from(source, find));
