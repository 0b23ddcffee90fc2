/** Runs an experiment in this process, one group after the other. The command line has worker processes instead (workers.ts). */
import { startEngine } from '../tensor/engine.ts';
import type { Experiment } from './define.ts';
import { environmentOf } from './environment.ts';
import { runGroup } from './group.ts';
import { groupsOf } from './groups.ts';
import { deleteState } from './groupState.ts';
import { openMaterials } from './materials.ts';
import { isComplete, isMissing, prepareExperiment, type Prepared, stateFileOf } from './prepare.ts';

export interface RunOptions {
  /** The folder below the results. */
  readonly name: string;
  /** `results` unless given. */
  readonly results?: string;
  /** tensorflow, wasm or cpu; the best available unless given. */
  readonly engine?: string;
  /** One variant instead of all. */
  readonly only?: string;
  /** Aborted to stop: the group in hand is saved, and the next call continues it. */
  readonly signal?: AbortSignal;
  /** Hears what a person should know, a line at a time. */
  readonly say?: (line: string) => void;
  readonly saveEverySeconds?: number;
}

export interface RunResult {
  /** For writeReport. */
  readonly folder: string;
  /** Whether every run that was asked for is done; not after a stop, nor where a run failed. */
  readonly complete: boolean;
}

/** Does what is missing. Records are in the folder as soon as their group is done. */
export async function runExperiment(experiment: Experiment, options: RunOptions): Promise<RunResult> {
  const { name, results = 'results', only = null } = options;
  const command = `runExperiment("${name}")`;
  const prepared = prepareExperiment(experiment, { experiment: name, command, results, only });
  try {
    await runHere(prepared, experiment, options);
    return { folder: prepared.store.folder, complete: isComplete(prepared) };
  } finally {
    prepared.release();
  }
}

async function runHere(
  prepared: Prepared,
  experiment: Experiment,
  { signal = new AbortController().signal, say = () => {}, ...options }: RunOptions,
): Promise<void> {
  const { store } = prepared;
  if (isComplete(prepared)) return;
  const engine = await startEngine({ engine: options.engine });
  const environment = environmentOf(engine);
  const materials = openMaterials(experiment, prepared.runs, say);
  try {
    const lanes = materials.lanes(engine.laneCap);
    const queue = groupsOf(prepared.runs, lanes).filter((group) => isMissing(prepared, group));
    for (let group = queue.shift(); group; group = queue.shift()) {
      if (signal.aborted) return;
      const stateFile = stateFileOf(store.folder, group);
      say(`${group.variant}: ${group.runs.length} runs${group.round > 0 ? `, extension ${group.round}` : ''}`);
      const records = await runGroup(group, materials.of(group), {
        environment,
        stateFile,
        folder: store.folder,
        signal,
        onProgress: () => {},
        saveEverySeconds: options.saveEverySeconds,
      });
      if (!records) return;
      for (const record of records) store.write(record);
      deleteState(stateFile);
      const extension = prepared.extend(group.variant);
      if (extension) queue.push(...groupsOf(extension.runs, lanes));
    }
  } finally {
    materials.dispose();
  }
}
