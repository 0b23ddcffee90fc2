/** Which runs are analysed, and the files that they left: all seeds of every variant at its best rate. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { RequestError } from '../../errors.ts';
import type { ExperimentPlan } from '../../results/experimentPlan.ts';
import type { FinishedRun, RunRecord } from '../../results/record.ts';
import { summarize } from '../../results/summary.ts';
import { artefactFile } from '../keep.ts';

export interface KeptVariant {
  readonly variant: string;
  readonly learningRate: number;
  readonly runs: readonly KeptRun[];
}

export interface KeptRun {
  readonly record: FinishedRun;
  /** What it came to. */
  readonly end: string;
  /** Every evaluation's, from the start to the end; empty where only the end was kept. */
  readonly trajectory: readonly { readonly step: number; readonly file: string }[];
}

/** Throws a RequestError where no variant has a best rate, or a file is missing. */
export function keptVariants(plan: ExperimentPlan, records: readonly RunRecord[], folder: string): KeptVariant[] {
  const found = summarize(plan, records).variants.flatMap(({ variant, best }) =>
    best ? [{ variant, learningRate: best.learningRate, records: best.runs }] : [],
  );
  if (found.length === 0)
    throw new RequestError(
      `${folder}: no variant has finished with every seed yet; finish the runs first: ${plan.command}`,
    );
  const names = new Set(filesIn(path.join(folder, 'artefacts')));
  return found.map(({ variant, learningRate, records: own }) => ({
    variant,
    learningRate,
    runs: own.map((record) => keptRun(record, folder, names)),
  }));
}

function keptRun(record: FinishedRun, folder: string, names: ReadonlySet<string>): KeptRun {
  const at = (step: number | null): string => artefactFile(folder, record.plan, step);
  const isThere = (file: string): boolean => names.has(path.basename(file));
  if (isThere(at(null))) return { record, end: at(null), trajectory: [] };
  const trajectory = record.evaluations.map(({ step }) => ({ step, file: at(step) }));
  const missing = trajectory.find(({ file }) => !isThere(file));
  const end = trajectory.at(-1);
  if (missing || !end)
    throw new RequestError(
      `${trajectory.some(({ file }) => isThere(file)) && missing ? missing.file : at(null)} is missing: delete the records of the runs that lost theirs, and run the experiment again to make them anew`,
    );
  return { record, end: end.file, trajectory };
}

const filesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
