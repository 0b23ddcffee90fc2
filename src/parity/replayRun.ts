/** Repeats a recorded training run. */
import path from 'node:path';
import { openCheckpoint } from '../checkpoint/folder.ts';
import { RequestError, Unsupported } from '../errors.ts';
import { taskOf, tasks } from '../families/architecture.ts';
import { modelTypes } from '../families/index.ts';
import { type Base, loadBase } from '../train/base.ts';
import { createModel, type Initial, type Model } from '../train/model.ts';
import type { Deviation } from './caseResult.ts';
import { compareRun } from './compareRun.ts';
import { exportAdapter } from './exportAdapter.ts';
import { recordedMethod, recordedStorage } from './recordedMethod.ts';
import { recordedOptimizer } from './recordedPlan.ts';
import { readJson, readRunCase, type RecordedRun, withSafetensors } from './runCase.ts';
import { startAt, startedAtBase } from './startAt.ts';

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
    const base = loadBase(checkpoint, recordedStorage(recorded));
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

function replayOn(given: Base, folder: string, recorded: RecordedRun, exportTo: string | null): Replayed {
  const { run } = recorded;
  const method = recordedMethod(folder, run, given);
  const { base, names, methodFor, steps } = method;
  const made = (initial?: Initial): Model => createModel(base, { seeds: [0], methodFor, steps, initial });
  const { model, remark } = run.adapter
    ? withSafetensors(path.join(folder, run.adapter, 'adapter_model.safetensors'), (opened) => {
        const start = startAt(opened, names, () => startedAtBase(folder, run));
        const started = made(start.initial);
        const [left] = start.left();
        return {
          model: started,
          ...(left && { remark: `${opened.file} holds ${left}, which no site of the model takes` }),
        };
      })
    : { model: made() };
  try {
    const deviations = compareRun(folder, recorded, model, method);
    if (exportTo !== null) exportAdapter(model, folder, run, { into: exportTo, steps });
    return { deviations, ...(remark && { remark }) };
  } finally {
    model.dispose();
  }
}

/** The model_type of a run's base. */
export function runModelTypes(folder: string): string[] {
  const { run } = readRunCase(folder);
  return modelTypes(readJson(path.resolve(folder, run.base, 'config.json')) as object);
}
