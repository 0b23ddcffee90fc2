/** Repeats a recorded training run. */
import path from 'node:path';
import { checkpointTensor, peftTensor } from '../adapters/files/peftKeys.ts';
import { openCheckpoint } from '../checkpoint/folder.ts';
import { RequestError, Unsupported } from '../errors.ts';
import { taskOf, tasks } from '../families/architecture.ts';
import { modelType } from '../families/index.ts';
import { type Base, loadBase } from '../train/base.ts';
import { createModel } from '../train/model.ts';
import type { Deviation } from './caseResult.ts';
import { compareRun, type StoredOf } from './compareRun.ts';
import { exportAdapter } from './exportAdapter.ts';
import { recordedMethod, recordedStorage } from './recordedMethod.ts';
import { recordedOptimizer } from './recordedPlan.ts';
import { readJson, readRunCase, type RecordedRun } from './runCase.ts';
import { startAt } from './startAt.ts';

export interface Replayed {
  readonly deviations: { readonly [what: string]: Deviation };
  /** Something about the case that may explain a deviation. */
  readonly remark?: string;
}

/** Throws Unsupported for what cannot be run here. What was trained is written below `exportTo`, where that is given. */
export function replayRun(folder: string, exportTo: string | null = null): Replayed {
  const recorded = readRunCase(folder);
  const { run } = recorded;
  if (!tasks.some((task) => task === run.task))
    throw new Unsupported(`the task ${run.task} is not there yet; there are ${tasks.join(', ')}`);
  recordedOptimizer(run);
  const checkpoint = openCheckpoint(path.resolve(folder, run.base));
  try {
    const base = loadBase(checkpoint, recordedStorage(run));
    try {
      const task = taskOf(base.architecture);
      if (task !== run.task)
        throw new RequestError(`${folder}: case.json has the task ${run.task}, but its base is made for ${task}`);
      return replayOn(base, folder, recorded, exportTo);
    } finally {
      base.dispose();
    }
  } finally {
    checkpoint.close();
  }
}

function replayOn(base: Base, folder: string, recorded: RecordedRun, exportTo: string | null): Replayed {
  const { run } = recorded;
  const { methodFor, isSvd, steps } = recordedMethod(folder, run, base);
  const storedOf = storedForms(base, isSvd);
  const model = createModel(base, { seeds: [0], methodFor, steps });
  try {
    const file = run.adapter && path.join(folder, run.adapter, 'adapter_model.safetensors');
    const [left] = file ? startAt(model, file, storedOf) : [];
    const deviations = compareRun(folder, recorded, model, storedOf);
    if (exportTo !== null) exportAdapter(model, folder, run, { into: exportTo, steps });
    return left ? { deviations, remark: `${file} holds ${left}, which no site of the model takes` } : { deviations };
  } finally {
    model.dispose();
  }
}

/** The name and form under which PEFT, or the checkpoint, stores a parameter. */
function storedForms({ sites }: Base, isSvd: boolean): StoredOf {
  const byName = new Map(sites.map((site) => [site.name, site]));
  return (parameter) => {
    const { kind, tensor, order } = byName.get(parameter.site)!;
    if (parameter.role !== 'dense') return peftTensor(parameter, kind, isSvd);
    return checkpointTensor(tensor, parameter, kind === 'linear' && order === 'outIn');
  };
}

/** The model_type of a run's base. */
export function runModelTypes(folder: string): string[] {
  const { run } = readRunCase(folder);
  const config = readJson(path.resolve(folder, run.base, 'config.json')) as object;
  const type = modelType(config);
  return type ? [type] : [];
}
