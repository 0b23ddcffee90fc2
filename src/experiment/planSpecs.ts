/** Bases, tasks, recipes and sites as a plan writes them. */
import type { Targets } from '../adapters/targets.ts';
import type { Method } from '../adapters/types.ts';
import type { Task } from '../data/task.ts';
import type { Json } from '../results/json.ts';
import type { BaseSource, OpenBase } from './base.ts';
import type { Experiment } from './define.ts';

export interface HashedSpecs {
  base(source: BaseSource): Json;
  task(task: Task): Json;
}

/** Specs with their hashes, each base and each task read once; `opened` is the experiment's own base. */
export function hashedSpecs({ base: common }: Experiment, opened: OpenBase): HashedSpecs {
  const bases = new Map([[common, baseSpec(common, opened)]]);
  const tasks = new Map<Task, Json>();
  return {
    base(source) {
      if (!bases.has(source)) bases.set(source, readSpec(source));
      return bases.get(source)!;
    },
    task(task) {
      if (!tasks.has(task)) tasks.set(task, taskSpec(task));
      return tasks.get(task)!;
    },
  };
}

const baseSpec = (source: BaseSource, { checkpoint, tokenizer }: OpenBase): Json => ({
  ...source.spec,
  hash: checkpoint.hash(),
  tokenizer: tokenizer.hash,
});

function readSpec(source: BaseSource): Json {
  const opened = source.open();
  try {
    return baseSpec(source, opened);
  } finally {
    opened.checkpoint.close();
  }
}

export function recipeSpec({ storage, update, rescale, groups, control, dropout }: Method): Record<string, Json> {
  const specs = {
    storage: storage.spec,
    update: update.spec,
    rescale: rescale.spec,
    groups: groups.spec,
    control: control.spec,
  };
  return { ...(specs as unknown as Record<string, Json>), dropout };
}

function taskSpec(task: Task): Json {
  return { name: task.name, ...(task.spec as { [key: string]: Json }), hash: task.hash() };
}

/** The bare names where there is nothing else to say. */
export function targetSpec(targets: Targets): Json {
  return (Object.keys(targets).length === 1 ? targets.targets : targets) as Json;
}
