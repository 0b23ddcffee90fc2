/** Merging LoRA into the kernels, in memory: nothing is written. */
import { mergedBase } from '../../train/merge.ts';
import type { MergeJob } from '../job.ts';
import { adaptedModel } from './randomModel.ts';
import { timed, type Work } from './work.ts';

export function mergeWork({ shape, targets }: MergeJob): Work {
  const { model, end } = adaptedModel(shape, { method: 'lora', targets, lanes: 1 });
  return {
    counts: {},
    repeat() {
      let drop = (): void => {};
      const milliseconds = timed(() => {
        const merged = mergedBase(model, 0);
        drop = () => merged.dispose();
      });
      drop();
      return milliseconds;
    },
    end,
  };
}
