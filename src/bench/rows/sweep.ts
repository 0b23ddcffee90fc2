/** A sweep of short runs, from the start of the first process to the end of the last. */
import { sharedFolder } from '../../data/shared.ts';
import { RequestError } from '../../errors.ts';
import type { SweepJob } from '../job.ts';
import { plainRow, type Row, time } from '../row.ts';
import type { Conditions } from './conditions.ts';
import { quickSweep, sweep } from './sweepSize.ts';

const model = (): string => sharedFolder('models', 'stories260K-hf');

export function sweepRows({ threads, quick }: Conditions): Row[] {
  const { seeds, learningRates, steps, batch, sequence } = quick ? quickSweep : sweep;
  const job = (folder: string, processes: number, each: number): SweepJob => ({
    work: 'sweep',
    folder,
    model: model(),
    runs: seeds * learningRates.length,
    steps,
    batch,
    sequence,
    processes,
    quick,
    threads: each,
    warmup: 0,
  });
  const apart = 'the peer in 2 processes of 1 thread';
  return [
    {
      ...plainRow,
      name: 'sweep',
      what: `${seeds * learningRates.length} runs of LoRA (${seeds} seeds × ${learningRates.length} rates) of ${steps} steps of ${batch} × ${sequence} tokens on stories260K, whole processes; the peer's runs one after the other`,
      unit: 's',
      obstacle,
      sides: (folder) => [
        { name: 'ours', by: 'us', job: job(folder, 1, threads) },
        { name: 'peer', by: 'peer', job: job(folder, 1, threads) },
        { name: apart, by: 'peer', job: job(folder, 2, 1) },
      ],
      turns: { rounds: 1, repeats: 1 },
      fresh: true,
      inUnit: (milliseconds) => milliseconds / 1000,
      figures: [
        { what: 'time', against: 'peer', of: time, reach: 1 / 2, stretch: 1 / 3 },
        { what: 'time', against: apart, of: time, reach: 1 / 1.6, stretch: 1 / 2 },
      ],
      seconds: 600,
    },
  ];
}

function obstacle(): string | null {
  try {
    model();
    return null;
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
}
