/** Merging adapters into a base. */
import type { MergeJob } from '../job.ts';
import { plainRow, type Row } from '../row.ts';
import { shapes } from '../shape.ts';
import type { Conditions } from './conditions.ts';
import { queryAndValue } from './step.ts';

export function mergeRows({ threads, quick }: Conditions): Row[] {
  const shape = shapes[quick ? '256x4' : '768x12'];
  const job: MergeJob = { work: 'merge', shape, targets: queryAndValue, threads, warmup: 1 };
  return [
    {
      ...plainRow,
      name: 'merge',
      what: `merging LoRA on q and v into ${shape.layers} layers of width ${shape.hidden}, in memory: nothing is written`,
      sides: () => [
        { name: 'ours', by: 'us', job },
        { name: 'peer', by: 'peer', job },
      ],
      turns: { rounds: 5, repeats: 3 },
      seconds: 25,
    },
  ];
}
