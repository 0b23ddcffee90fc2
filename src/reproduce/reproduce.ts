/** Runs committed records again and compares them number by number. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { RequestError } from '../errors.ts';
import type { Group } from '../experiment/groups.ts';
import { loadExperiment } from '../experiment/load.ts';
import { plannedRuns } from '../experiment/plannedRuns.ts';
import { planHash } from '../experiment/plan.ts';
import { parseRecord } from '../results/parse.ts';
import type { RunRecord } from '../results/record.ts';
import { isStore, readStore, recordFileName, type Store } from '../results/store.ts';
import { compareRecords, type RecordComparison } from './compareRecords.ts';
import { groupOfRecord } from './groupOfRecord.ts';
import { type RecordedGroup, repeatGroups, type RepeatOptions } from './repeatGroups.ts';
import { roundingDiffers } from './rounding.ts';
import { sampleOf } from './sample.ts';
import { widening } from './sensitivity.ts';
import { scriptOf } from './script.ts';

export interface ReproduceOptions extends Pick<RepeatOptions, 'engine' | 'signal' | 'onProgress'> {
  /** The folder of all results. */
  readonly results: string;
  /** How many records; null: all. */
  readonly sample: number | null;
  readonly onStart: (groups: readonly Group[]) => void;
  readonly onDone: (group: Group) => void;
  /** Hears what a person should know, a line at a time. */
  readonly say: (line: string) => void;
}

export interface ReproducedRecord extends RecordComparison {
  readonly file: string;
  readonly variant: string;
  readonly learningRate: number;
  readonly seed: number;
  /** 'equal': every number to the bit; 'close': each within its tolerance, where the rounding is another. */
  readonly verdict: 'equal' | 'close' | 'differs';
  /** Why not every bit has to be the same; empty where it has. */
  readonly rounding: readonly string[];
  /** Commits of the source, null where it was no checkout. */
  readonly commits: { readonly there: string | null; readonly here: string | null };
}

export interface Reproduction {
  readonly experiment: string;
  readonly folder: string;
  readonly records: readonly ReproducedRecord[];
}

/**
 * `what`: a record's file, the folder of an experiment, or its name below the results. Null where the signal was aborted. Throws a
 * RequestError where there is no such thing, no experiment file, or one that no longer makes these runs.
 */
export async function reproduce(what: string, options: ReproduceOptions): Promise<Reproduction | null> {
  const { store, only } = recordsNamed(what, options.results);
  const all = store.read();
  const there = only ?? (options.sample === null ? all : sampleOf(all, options.sample, folderHash(store)));
  if (there.length === 0) throw new RequestError(`${store.folder} holds no records yet; run the experiment first`);
  const script = scriptOf(store.plan.command, store.folder);
  const { experiment, name } = await loadExperiment(script.file, script);
  if (name !== store.plan.experiment)
    throw new RequestError(
      `${store.folder} holds the experiment "${store.plan.experiment}", but its file makes "${name}"`,
    );
  const source = { store, runs: plannedRuns(experiment, name), file: script.file };

  const groups = new Map<string, RecordedGroup>();
  for (const record of there) {
    const { id } = record.plan.group;
    if (!groups.has(id)) groups.set(id, { group: groupOfRecord(record, source), environment: record.environment });
  }
  options.onStart([...groups.values()].map(({ group }) => group));
  const here = new Map<string, Repeated>();
  await repeatGroups([...groups.values()], {
    ...options,
    start: script,
    onDone(group, records, twins) {
      records.forEach((record, lane) => here.set(record.plan.hash, { record, twin: twins?.[lane] ?? null }));
      options.onDone(group);
    },
  });
  if (options.signal.aborted) return null;
  const records = there.map((record) => reproduced(store.folder, record, here.get(record.plan.hash)!));
  return { experiment: name, folder: store.folder, records };
}

interface Repeated {
  readonly record: RunRecord;
  readonly twin: RunRecord | null;
}

function reproduced(folder: string, there: RunRecord, { record: here, twin }: Repeated): ReproducedRecord {
  const { variant, learningRate, seed } = there.plan;
  const rounding = roundingDiffers(there.environment, here.environment);
  const commits = { there: there.environment.commit, here: here.environment.commit };
  const demand = { widening: twin && widening(here, twin), sameSource: commits.there === commits.here };
  const compared = compareRecords(there, here, demand);
  const isEqual = Object.keys(compared.largest).length === 0;
  const verdict = compared.differences.length > 0 ? 'differs' : isEqual ? 'equal' : 'close';
  const file = path.join(folder, 'runs', recordFileName(there.plan));
  return { file, variant, learningRate, seed, verdict, rounding, commits, ...compared };
}

/** The folder that is meant, and the record where it is one. */
function recordsNamed(what: string, results: string): { store: Store; only: RunRecord[] | null } {
  if (existsSync(what) && statSync(what).isFile()) {
    const record = parseRecord(readFileSync(what, 'utf8'), what);
    const folder = path.dirname(path.dirname(path.resolve(what)));
    if (!isStore(folder))
      throw new RequestError(
        `${what} lies in no folder of an experiment: there is no ${path.join(folder, 'plan.json')}`,
      );
    return { store: readStore(path.relative('', folder) || '.'), only: [record] };
  }
  const folder = [what, path.join(results, what)].find(isStore);
  if (folder === undefined)
    throw new RequestError(
      `${what} is no record, no folder of an experiment (with a plan.json) and no experiment below ${results}; name one of these`,
    );
  return { store: readStore(folder), only: null };
}

/** Of what the folder was asked for. */
const folderHash = ({ plan }: Store): string => planHash(plan.runs.map(({ hash }) => hash));
