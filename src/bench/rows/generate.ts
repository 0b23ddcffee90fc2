/** Greedy generation. */
import type { GenerateJob } from '../job.ts';
import { plainRow, type Row, time } from '../row.ts';
import { shapes } from '../shape.ts';
import type { Conditions } from './conditions.ts';

export function generateRows({ threads, quick }: Conditions): Row[] {
  const shape = shapes[quick ? '256x4' : '768x12'];
  const [promptTokens, newTokens] = quick ? [16, 8] : [64, 64];
  const job: GenerateJob = { work: 'generate', shape, promptTokens, newTokens, threads, warmup: 1 };
  return [
    {
      ...plainRow,
      name: 'generate',
      what: `${newTokens} tokens after a prompt of ${promptTokens}, greedily: hidden ${shape.hidden}, ${shape.layers} layers`,
      unit: 'tokens/s',
      better: 'higher',
      sides: () => [
        { name: 'ours', by: 'us', job },
        { name: 'peer', by: 'peer', job },
      ],
      turns: { rounds: 4, repeats: 1 },
      inUnit: (milliseconds) => (1000 * newTokens) / milliseconds,
      figures: [{ what: 'tokens a second', against: 'peer', of: time, reach: 1 }],
      seconds: 60,
    },
  ];
}
