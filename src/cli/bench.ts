import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { bench } from '../bench/bench.ts';
import { benchFolder } from '../bench/folder.ts';
import type { BenchRecord, MeasuredRow } from '../bench/record.ts';
import { figureText, valueText } from '../bench/report/figureText.ts';
import { chosenRows, rowNames, rowsOf } from '../bench/rows/index.ts';
import { ourWorker, peerWorker } from '../bench/side.ts';
import { significant } from '../report/numberText.ts';
import { jsonText } from '../results/jsonText.ts';
import { askedEngine } from '../tensor/engineChoice.ts';
import { createBenchProgress } from './benchProgress.ts';
import { stoppable } from './stoppable.ts';

interface BenchArguments {
  readonly only?: string;
  readonly peer?: string;
  readonly quick?: boolean;
  readonly results: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  adapterlab bench                                           our side alone
  adapterlab bench --peer ~/peft/bin/python                  beside PEFT, in turns; half an hour on two cores
  adapterlab bench --only step-lora-256x4,merge --peer ~/peft/bin/python
  adapterlab bench --quick                                   a few minutes, to try it

Ctrl-C keeps what is measured.

Rows:
`;

/** The verb `bench`: how long this machine takes for what, and how long the peer. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('Measure training steps, sweeps, loading, merging, quantization and generation, beside PEFT')
    .option('--only <rows>', 'these rows alone, comma-separated; what was measured before stays')
    .option('--peer <python>', 'a Python with PEFT, which does the same work in turns with ours')
    .option('--quick', 'few repetitions of little work: to try it, not to report')
    .option('--results <dir>', 'folder of results; the files go into bench/ below it', 'results')
    .option('--json', 'print what bench.json holds, and nothing else')
    .addHelpText(
      'after',
      () =>
        examples +
        rowNames()
          .map((name) => `  ${name}`)
          .join('\n'),
    )
    .action(runBench);
}

async function runBench({ only, peer, quick = false, results, json }: BenchArguments): Promise<void> {
  askedEngine();
  const threads = os.availableParallelism();
  const asked = only?.split(',').map((part) => part.trim()) ?? null;
  const rows = chosenRows(rowsOf({ threads, quick }), asked);
  const folder = benchFolder(results, rowNames());
  const progress = createBenchProgress(process.stderr, rows);
  const stop = stoppable(() => progress.say('Stopping …'));
  let all = null as BenchRecord | null;
  let failed = 0;
  try {
    progress.start();
    await bench(rows, {
      ours: ourWorker,
      peer: peer === undefined ? null : peerWorker(peer),
      quick,
      threads,
      signal: stop.signal,
      onRow: progress.row,
      onRound: progress.round,
      onMeasured(record, row) {
        all = folder.write(record);
        progress.say(line(row));
        if (row.error !== null) failed++;
      },
    });
    if (all) await folder.draw(all);
  } catch (error) {
    if (!stop.received()) throw error;
  } finally {
    progress.end();
    stop.end();
  }
  if (all) process.stdout.write(json ? jsonText(all) : `table   ${path.join(folder.folder, 'bench.md')}\n`);
  const received = stop.received();
  if (received) {
    console.error(all ? `Stopped. What is measured is in ${folder.folder}.` : 'Stopped. Nothing was measured.');
    process.kill(process.pid, received);
  }
  if (failed > 0) throw new Error(`${failed} of ${rows.length} measurements failed; bench.md says why`);
}

/** `step-lora-256x4   106 ms, peer 131 ms, ratio 0.81; time of a step / peer: …` */
function line(row: MeasuredRow): string {
  const { name, unit, ours, peer, ratio, figures, error, skipped } = row;
  const measured = [
    valueText(ours, unit),
    ...(peer === null ? [] : [`peer ${valueText(peer, unit)}`]),
    ...(ratio === null ? [] : [`ratio ${significant(ratio, 3)}`]),
  ].join(', ');
  const said = error !== null ? [`failed: ${error}`] : skipped !== null ? [`skipped: ${skipped}`] : [measured];
  return `${name.padEnd(26)} ${[...said, ...figures.map((figure) => figureText(figure, row))].join('; ')}`;
}
