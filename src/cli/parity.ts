import { Command } from 'commander';
import type { CaseResult, Deviation } from '../parity/caseResult.ts';
import { parity } from '../parity/parity.ts';
import { startEngine } from '../tensor/engine.ts';
import { engineOption } from './options.ts';

export function parityCommand(): Command {
  return new Command('parity')
    .description('Run reference cases and say how far we are from them. Exit status 1 when any fails.')
    .argument('<folder...>', 'a case, or folders that are searched through for cases')
    .option('--only <types>', 'model types or quantization formats, comma-separated (llama,nf4)')
    .option('--export <folder>', "write each run's final adapter there in PEFT's format, a folder a case")
    .option('--json', 'one JSON object instead of lines')
    .addOption(engineOption())
    .addHelpText('after', '\nExample:\n  $ adapterlab parity ../shared/fixtures/runs --only llama --json')
    .action(async (folders: string[], options: { only?: string; json?: boolean; export?: string; engine?: string }) => {
      const { engine } = await startEngine({ engine: options.engine });
      const only = options.only?.split(',').map((part) => part.trim()) ?? null;
      const say = options.json ? undefined : (result: CaseResult) => console.log(line(result));
      const report = parity(folders, engine, only, say, options.export ?? null);
      if (options.json) console.log(JSON.stringify(report, (_, v: unknown) => (v === Infinity ? 'Infinity' : v), 2));
      else console.log(`${report.passed} passed, ${report.failed} failed, ${report.declined} declined on ${engine}`);
      if (report.failed > 0) process.exitCode = 1;
    });
}

function line({ name, status, deviations, seconds, reason }: CaseResult): string {
  // where the tolerance is zero, any deviation is beyond it
  const share = ({ value, tolerance }: Deviation): number => (value === 0 ? 0 : value / tolerance);
  const worst = Object.entries(deviations).reduce<[string, Deviation] | null>(
    (most, one) => (most === null || share(one[1]) > share(most[1]) ? one : most),
    null,
  );
  const detail = worst
    ? `worst: ${worst[0]} ${worst[1].value.toExponential(1)} of ${worst[1].tolerance}`
    : (reason ?? 'nothing compared');
  return `${status.padEnd(8)} ${name.padEnd(28)} ${detail}  (${seconds.toFixed(1)} s)${worst && reason ? ` ${reason}` : ''}`;
}
