import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { writeWhole } from '../atomicFile.ts';
import { bench } from '../bench/bench.ts';
import type { BenchRecord } from '../bench/record.ts';
import { chosenRows, rowNames, rowsOf } from '../bench/rows/index.ts';
import { jsonText } from '../results/jsonText.ts';
import { liveLine } from './liveLine.ts';
import { stoppable } from './stoppable.ts';

interface BenchArguments {
  readonly only?: string;
  readonly peer?: string;
  readonly quick?: boolean;
  readonly results: string;
  readonly json?: boolean;
}

/** The verb `bench`: how fast this machine does what, beside the peer. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('Measure training steps, sweeps, loading, merging, quantization and generation, beside PEFT')
    .option('--only <row>', 'these rows alone, comma-separated')
    .option('--peer <python>', 'a Python with PEFT, which does the same work in turns with ours')
    .option('--quick', 'few repetitions of little work: to try it, not to report')
    .option('--results <dir>', 'folder of results; the files go into bench/ below it', 'results')
    .option('--json', 'print bench.json')
    .addHelpText(
      'after',
      () =>
        `\nRows:\n${rowNames()
          .map((name) => `  ${name}`)
          .join('\n')}`,
    )
    .action(benchAction);
}

async function benchAction({ only, peer, quick = false, results, json }: BenchArguments): Promise<void> {
  const threads = os.availableParallelism();
  const asked = only?.split(',').map((part) => part.trim()) ?? null;
  const rows = chosenRows(rowsOf({ threads, quick }), asked);
  const file = path.join(results, 'bench', 'bench.json');
  let shown = 'starting';
  const live = liveLine(process.stderr, () => shown);
  const stop = stoppable(() => live.say('Stopping …'));
  live.start();
  let record: BenchRecord;
  try {
    record = await bench(rows, {
      peer: peer ?? null,
      quick,
      threads,
      signal: stop.signal,
      onRow: (row, index) => {
        shown = `${index + 1} of ${rows.length}: ${row.name}`;
        live.show();
      },
      onRound: () => live.show(),
      onMeasured: (so) => writeWhole(file, jsonText(so)),
    });
  } finally {
    live.end();
    stop.end();
  }
  if (json) process.stdout.write(jsonText(record));
  const received = stop.received();
  if (received) process.kill(process.pid, received);
  if (record.rows.some(({ error }) => error !== null)) process.exitCode = 1;
}
