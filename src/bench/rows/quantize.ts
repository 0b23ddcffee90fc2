/** Rounding a base to 4 bits. */
import type { QuantizeJob } from '../job.ts';
import { plainRow, type Row } from '../row.ts';
import { shapes } from '../shape.ts';
import type { Conditions } from './conditions.ts';

export function quantizeRows({ threads, quick }: Conditions): Row[] {
  const shape = shapes[quick ? '256x4' : '768x12'];
  const job: QuantizeJob = { work: 'quantize', shape, threads, warmup: 1 };
  return [
    {
      ...plainRow,
      name: 'quantize',
      what: `rounding the linear maps of ${shape.layers} layers of width ${shape.hidden} to NF4 with double quantization`,
      sides: () => [
        { name: 'ours', by: 'us', job },
        { name: 'peer', by: 'peer', job, needs: 'bitsandbytes' },
      ],
      turns: { rounds: 3, repeats: 1 },
      seconds: 40,
    },
  ];
}
