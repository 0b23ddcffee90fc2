/** How many steps a group does in a second here, tried on its own model and data. */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { train } from '../train/trainer.ts';
import { groupModel, groupRun } from './groupRun.ts';
import type { Group } from './groups.ts';
import type { Material } from './material.ts';

/** Not measured: memory is taken and code is compiled in them. */
const warmupSteps = 2;
const fewestSteps = 3;
const fewestSeconds = 0.5;

/**
 * Steps of single runs in a second. Null where the group ends earlier or throws, and where the signal ends it: whatever is wrong with it,
 * the group itself will tell.
 */
export async function speedOf(group: Group, material: Material, signal: AbortSignal): Promise<number | null> {
  try {
    const model = groupModel(group, material);
    try {
      const run = groupRun(group, model, material);
      const reports = train(run);
      const step = async (): Promise<void> => {
        if (reports.next().done) throw new Error('the group has ended');
        await setImmediate();
        signal.throwIfAborted();
      };
      try {
        for (let i = 0; i < warmupSteps; i++) await step();
        const began = performance.now();
        const elapsed = (): number => (performance.now() - began) / 1000;
        let steps = 0;
        for (; steps < fewestSteps || elapsed() < fewestSeconds; steps++) await step();
        return (steps * group.runs.length) / elapsed();
      } finally {
        run.dispose();
      }
    } finally {
      model.dispose();
    }
  } catch {
    return null;
  }
}
