import { Command } from 'commander';
import type { CaseResult } from '../parity/caseResult.ts';
import { short, toleranceText, worstOf } from '../parity/deviationText.ts';
import { parity, type ParityListener, type ParityReport } from '../parity/parity.ts';
import { startEngine } from '../tensor/engine.ts';
import { engineOption } from './options.ts';
import { checkOut } from './outFolder.ts';

interface Options {
  readonly only?: string;
  readonly json?: boolean;
  readonly export?: string;
  readonly engine?: string;
}

export function parityCommand(): Command {
  return new Command('parity')
    .description('Run reference cases and say how far we are from them. Exit status 1 when any fails.')
    .argument('<folder...>', 'a case, or folders that are searched through for cases')
    .option('--only <types>', 'model types or quantization formats, comma-separated (llama,nf4)')
    .option('--export <folder>', "write each run's final adapter there in PEFT's format, a folder a case")
    .option('--json', 'one JSON object instead of lines')
    .addOption(engineOption())
    .addHelpText('after', '\nExample:\n  $ adapterlab parity ../shared/fixtures/runs --only llama --json')
    .action(async (folders: string[], options: Options) => {
      if (options.export !== undefined) checkOut(options.export, true, folders, '--export');
      const { engine } = await startEngine({ engine: options.engine });
      const only = options.only?.split(',').map((part) => part.trim()) ?? null;
      const report = parity(
        folders,
        engine,
        { only, exportTo: options.export ?? null },
        listener(options.json === true),
      );
      if (options.json) console.log(jsonOf(report));
      else console.log(summary(report));
      if (report.failed > 0) process.exitCode = 1;
    });
}

/** A line for each case as it is done; on a terminal also which one is being checked. */
function listener(json: boolean): ParityListener {
  const terminal = process.stderr.isTTY;
  const clear = (): void => void (terminal && process.stderr.write('\r\x1b[K'));
  return {
    onStart: ({ kind, name }, index, of) => terminal && process.stderr.write(`${index + 1} of ${of}: ${kind} ${name}`),
    onCase(result) {
      clear();
      if (!json) console.log(line(result));
    },
  };
}

/** JSON has no infinity and no NaN: they become strings. */
export function jsonOf(report: ParityReport): string {
  const finite = (_: string, v: unknown): unknown => (typeof v === 'number' && !Number.isFinite(v) ? String(v) : v);
  return JSON.stringify(report, finite, 2);
}

function line(result: CaseResult): string {
  const { name, status, seconds } = result;
  return `${status.padEnd(8)} ${name.padEnd(28)} ${detail(result)}  (${seconds.toFixed(1)} s)`;
}

/** The deviation that is the largest share of its tolerance, and the reason if there is one. */
function detail({ deviations, reason }: CaseResult): string {
  const worst = worstOf(deviations);
  if (!worst) return reason ?? 'nothing compared';
  const [what, deviation] = worst;
  if (deviation.value === 0) return 'exact';
  return `worst: ${what} ${short(deviation.value)} of ${toleranceText(deviation)}${reason ? `; ${reason}` : ''}`;
}

/** What failed, which may have scrolled away, and how many there were. */
function summary({ engine, cases, passed, failed, declined }: ParityReport): string {
  const broken = cases.filter(({ status }) => status === 'failed');
  const lines = broken.map((result) => `  ${result.kind} ${result.name}: ${detail(result)}`);
  const counts = `${passed} passed, ${failed} failed, ${declined} declined on ${engine}`;
  return lines.length > 0 && cases.length > 1 ? ['failed:', ...lines, counts].join('\n') : counts;
}
