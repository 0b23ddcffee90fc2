/** Loading a checkpoint: how long it takes, and how much memory beyond the checkpoint itself. */
import path from 'node:path';
import { writeWhole } from '../../atomicFile.ts';
import { writeSafetensors } from '../../checkpoint/writeSafetensors.ts';
import { architectureOf } from '../../families/index.ts';
import { sitesOf } from '../../families/sites.ts';
import type { LoadJob } from '../job.ts';
import { type MeasuredSide, plainRow, type Row, time } from '../row.ts';
import { configOf, type Shape, shapes } from '../shape.ts';
import type { Conditions } from './conditions.ts';

/** 125 million numbers, 500 MB. */
const shape500: Shape = { ...shapes['768x12'], vocabulary: 52_000 };

export function loadRows({ threads, quick }: Conditions): Row[] {
  const shape = quick ? shapes['512x6'] : shape500;
  const job = (folder: string): LoadJob => ({ work: 'load', folder, shape, threads, warmup: 0 });
  const bytesOfFile = {
    name: 'the file',
    value: ({ counts }: MeasuredSide) => counts['bytes of the file']!,
  };
  return [
    {
      ...plainRow,
      name: 'load',
      what: `opening a safetensors checkpoint of ${quick ? 84 : 500} MB and reading all of it into a network; each time in a new process`,
      prepare: (folder) => writeCheckpoint(folder, configOf(shape)),
      sides: (folder) => [
        { name: 'ours', by: 'us', job: job(folder) },
        { name: 'peer', by: 'peer', job: job(folder) },
      ],
      turns: { rounds: 5, repeats: 1 },
      fresh: true,
      showsPeak: true,
      figures: [
        { what: 'time', against: 'peer', of: time, reach: 1.5 },
        {
          what: 'peak memory above that before loading',
          against: bytesOfFile,
          of: ({ addedBytes }) => addedBytes,
          reach: 1.2,
        },
      ],
      seconds: 60,
    },
  ];
}

/** All numbers alike: reading does not look at them. */
function writeCheckpoint(folder: string, config: object): void {
  const tensors = sitesOf(architectureOf(config)).map(({ tensor, stored }) => {
    const size = stored.reduce((product, length) => product * length, 1);
    return [tensor, { shape: stored, data: new Float32Array(size).fill(0.01) }] as const;
  });
  writeSafetensors(path.join(folder, 'model.safetensors'), new Map(tensors), { format: 'pt' });
  writeWhole(path.join(folder, 'config.json'), JSON.stringify(config));
}
