import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../atomicFile.ts';
import { RequestError } from '../errors.ts';
import { type ExperimentPlan, experimentPlan, type PlannedRun } from './experimentPlan.ts';
import { jsonText } from './jsonText.ts';
import { mergePlans } from './mergePlans.ts';
import { firstIssue, parsePlan, parseRecord } from './parse.ts';
import { planOfRecords } from './planOfRecords.ts';
import { type RunRecord, runRecord } from './record.ts';
import { recordText } from './recordText.ts';

/**
 * The folder of one experiment:
 *
 *     <folder>/plan.json
 *     <folder>/runs/<variant>-<learning rate>-<seed>-<first 8 of the hash>.json
 */
export interface Store {
  readonly folder: string;
  /** As it is now. */
  readonly plan: ExperimentPlan;
  /** Adds runs to the plan, behind those of the same variant. */
  add(runs: readonly PlannedRun[]): void;
  /** Writes a record and returns its file. A record of a run that the plan lacks, or of a wrong shape, is an Error. */
  write(record: RunRecord): string;
  /** All records, in the plan's order. A broken one is a RequestError with file and field. */
  read(): RunRecord[];
  /** Whether the run was done: it finished, or diverged as it would again. A failed one is to be run again. */
  has(hash: string): boolean;
}

/**
 * Opens the folder for the runs of a plan, and makes it where it is missing. The folder may already hold a plan that differs
 * in its variants, rates and seeds only: then both are joined (mergePlans.ts). Any other plan is a RequestError that says what differs, unless
 * nothing came of it: then it is replaced.
 */
export function openStore(folder: string, plan: ExperimentPlan): Store {
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new RequestError(`${folder} is a file; name a folder for the results`);
  const file = planFile(folder);
  if (!existsSync(file) && hasRecords(folder))
    throw new RequestError(`${folder} holds runs but no plan.json; restore it, or use another folder`);
  const checked = experimentPlan.safeParse(plan);
  if (!checked.success) throw new Error(`plan of ${plan.experiment}: ${firstIssue(checked.error)}`);
  const begun = existsSync(file) && (hasRecords(folder) || statesIn(folder) > 0);
  const recorded = readRecords(folder);
  const hashes = new Set(recorded.map(({ record }) => record.plan.hash));
  const whole = begun ? mergePlans(readPlan(folder), plan, folder, (hash) => hashes.has(hash)) : plan;
  const text = jsonText(whole);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeWhole(file, text);
  return store(folder, whole, recorded);
}

/**
 * Opens a folder of finished work, for a report. Where it has records and no plan.json, the plan is what the records say of themselves
 * (planOfRecords.ts). RequestError where it is not the folder of an experiment.
 */
export function readStore(folder: string): Store {
  const plan = existsSync(planFile(folder)) || !hasRecords(folder) ? readPlan(folder) : null;
  const recorded = readRecords(folder);
  const whole =
    plan ??
    planOfRecords(
      recorded.map(({ record }) => record),
      folder,
    );
  return store(folder, whole, recorded);
}

/** Whether a folder is that of an experiment: it has a plan, or records. */
export function isStore(folder: string): boolean {
  return existsSync(planFile(folder)) || hasRecords(folder);
}

/** Whether the folder of an experiment holds the record of any run. */
export function hasRecords(folder: string): boolean {
  return recordFiles(folder).length > 0;
}

/** Name of a run's file. Characters that a file system may refuse become `-`; the hash keeps the names apart. */
export function recordFileName({ variant, learningRate, seed, hash }: RunRecord['plan']): string {
  return `${fileNameOf(variant)}-${learningRate}-${seed}-${hash.slice(0, 8)}.json`;
}

/** A text as a part of a file name: letters, digits, `+`, `_`, `.` and `-`. */
export function fileNameOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}+_.]+/gu, '-').replace(/^[-.]+|-+$/g, '') || 'unnamed';
}

interface RecordInFile {
  readonly record: RunRecord;
  readonly file: string;
}

function store(folder: string, begun: ExperimentPlan, recorded: readonly RecordInFile[]): Store {
  let plan = begun;
  const planned = new Set(plan.runs.map(({ hash }) => hash));
  const records = new Map<string, RecordInFile>();
  for (const { record, file } of recorded) {
    const { hash } = record.plan;
    if (!planned.has(hash))
      throw new RequestError(
        `${file}: run ${hash} is not in ${planFile(folder)}; move it to the folder of its own plan`,
      );
    const other = records.get(hash)?.file;
    if (other !== undefined)
      throw new RequestError(`${other} and ${file} hold the same run ${hash}; delete one of them`);
    records.set(hash, { record, file });
  }
  return {
    folder,
    get plan() {
      return plan;
    },
    add(given) {
      const runs = [...plan.runs];
      for (const { variant, learningRate, seed, hash, round } of given) {
        if (planned.has(hash)) continue;
        const run = { variant, learningRate, seed, hash, ...(round !== undefined && { round }) };
        runs.splice(runs.findLastIndex((other) => other.variant === variant) + 1, 0, run);
        planned.add(hash);
      }
      plan = { ...plan, runs };
      writeWhole(planFile(folder), jsonText(plan));
    },
    write(record) {
      const { hash } = record.plan;
      const known = records.get(hash);
      if (record.status === 'failed' && known && known.record.status !== 'failed') return known.file;
      const checked = runRecord.safeParse(record);
      if (!checked.success) throw new Error(`record of run ${hash}: ${firstIssue(checked.error)}`);
      if (!planned.has(hash)) throw new Error(`run ${hash} is not in the plan of ${plan.experiment}`);
      const file = known?.file ?? path.join(folder, 'runs', recordFileName(record.plan));
      writeWhole(file, recordText(record));
      records.set(hash, { record, file });
      return file;
    },
    read: () => plan.runs.flatMap((run) => records.get(run.hash)?.record ?? []),
    has(hash) {
      const status = records.get(hash)?.record.status;
      return status === 'finished' || status === 'diverged';
    },
  };
}

/** Runs that were stopped on their way. */
function statesIn(folder: string): number {
  const states = path.join(folder, 'state');
  return existsSync(states) ? readdirSync(states).length : 0;
}

function planFile(folder: string): string {
  return path.join(folder, 'plan.json');
}

function readPlan(folder: string): ExperimentPlan {
  if (!existsSync(planFile(folder)))
    throw new RequestError(
      `${folder} is not the folder of an experiment: it has no plan.json and no runs; name one that \`run\` made`,
    );
  return parsePlan(readFileSync(planFile(folder), 'utf8'), planFile(folder));
}

const readRecords = (folder: string): RecordInFile[] =>
  recordFiles(folder).map((file) => ({ record: parseRecord(readFileSync(file, 'utf8'), file), file }));

function recordFiles(folder: string): string[] {
  const runs = path.join(folder, 'runs');
  if (!existsSync(runs)) return [];
  const names = readdirSync(runs).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => path.join(runs, name));
}
