/** How fast the two libraries multiply matrices on this machine: no step can be further ahead, or behind, for long. */
import type { ProductJob } from '../job.ts';
import { plainRow, type Row } from '../row.ts';
import type { Conditions } from './conditions.ts';

export function productRows({ threads }: Conditions): Row[] {
  const size = 1024;
  const job: ProductJob = { work: 'product', size, threads, warmup: 5 };
  return [
    {
      ...plainRow,
      name: 'product',
      what: `a product of two matrices of ${size} × ${size} numbers: what the library under each side gives it`,
      unit: 'GFLOP/s',
      better: 'higher',
      sides: () => [
        { name: 'ours', by: 'us', job },
        { name: 'peer', by: 'peer', job },
      ],
      turns: { rounds: 5, repeats: 20 },
      inUnit: (milliseconds) => (2 * size ** 3) / milliseconds / 1e6,
      seconds: 15,
    },
  ];
}
