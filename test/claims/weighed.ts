/** Experiments with planted effects, as claims read them. */
import type { Evidence, WeighedExperiment } from '../../src/claims/evidence.ts';
import type { Claim } from '../../src/claims/claim.ts';
import { weighClaim } from '../../src/claims/weigh.ts';
import type { ClaimVerdict } from '../../src/report/claims/verdict.ts';
import type { Analysis } from '../../src/results/analysis.ts';
import type { Json } from '../../src/results/json.ts';
import type { FinishedRun, RunRecord } from '../../src/results/record.ts';
import { summarize } from '../../src/results/summary.ts';
import { type Grid, type Profile, profile, synthetic } from '../results/synthetic.ts';

export interface Arm extends Partial<Profile> {
  readonly factors?: Readonly<Record<string, number | string>>;
  readonly reference?: string;
}

export interface Planted extends Omit<Grid, 'profiles'> {
  /** Of every finished run. */
  readonly change?: (run: FinishedRun) => FinishedRun;
  readonly analysis?: Analysis;
}

export function weighed(
  name: string,
  arms: Readonly<Record<string, Arm>>,
  { change = (run) => run, analysis, ...grid }: Planted = {},
): WeighedExperiment {
  const profiles = Object.fromEntries(
    Object.entries(arms).map(([arm, { factors: _, reference: __, ...planted }]) => [arm, profile(planted)]),
  );
  const made = synthetic({ seeds: 8, learningRates: [1e-3, 3e-3, 1e-2], ...grid, profiles });
  const variants = Object.fromEntries(
    Object.entries(made.plan.variants).map(([arm, recipe]): [string, Json] => {
      const { factors, reference } = arms[arm]!;
      return [arm, { ...(recipe as object), ...(factors && { factors }), ...(reference && { reference }) } as Json];
    }),
  );
  const records = made.records.map((record): RunRecord => (record.status === 'finished' ? change(record) : record));
  const summary = summarize({ ...made.plan, experiment: name, variants }, records);
  return { folder: name, summary, records, analysis: analysis ?? null };
}

export const evidenceOf = (...experiments: readonly WeighedExperiment[]): Evidence => ({
  experiments,
  bench: null,
  memory: null,
});

/** Of a claim by these experiments alone: what others would say is left out. */
export function verdictBy(claim: Claim, ...experiments: readonly WeighedExperiment[]): ClaimVerdict {
  const names = experiments.map(({ summary }) => summary.experiment);
  const sections = claim.sections.filter(({ source }) => names.includes(source));
  return weighClaim({ ...claim, sections }, evidenceOf(...experiments));
}
