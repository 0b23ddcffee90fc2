/** docs/fidelity.md: what `parity --json` of each engine said, case by case, as Markdown. */
import { z } from 'zod';
import { RequestError } from '../errors.ts';
import type { CaseKind, CaseResult, Deviation } from './caseResult.ts';
import { share, short, toleranceText } from './deviationText.ts';

export interface FidelityReport {
  readonly engine: string;
  readonly cases: readonly Case[];
}

type Case = Pick<CaseResult, 'name' | 'kind' | 'status' | 'deviations' | 'reason'>;

/** Titles, in the order of the page. */
const titles: { readonly [kind in CaseKind]: string } = {
  run: 'Training runs',
  model: 'Models',
  quantization: 'Quantization',
  optimizer: 'Optimizers, schedules, clipping',
  tokenizer: 'Tokenizers',
  statistics: 'Statistics',
  metrics: 'Metrics',
};

/** A deviation that is no number comes as a string. */
const number = z.union([z.number(), z.enum(['Infinity', 'NaN']).transform(Number)]);

const reportSchema: z.ZodType<FidelityReport> = z.object({
  engine: z.string(),
  cases: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(Object.keys(titles) as CaseKind[]),
      status: z.enum(['passed', 'failed', 'declined']),
      deviations: z.record(z.string(), z.object({ value: number, tolerance: number, factor: z.number().optional() })),
      reason: z.string().optional(),
    }),
  ),
});

/** What `parity --json` prints. Throws RequestError for anything else. */
export function readReport(file: string, text: string): FidelityReport {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new RequestError(`${file}: not JSON: ${(error as Error).message}`);
  }
  const parsed = reportSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new RequestError(`${file}: not what parity --json prints: ${z.prettifyError(parsed.error)}`);
}

/** `referenceOf`: the program that a case's numbers come from. One report an engine; all must be of the same cases. */
export function fidelityPage(
  reports: readonly FidelityReport[],
  referenceOf: (one: Pick<CaseResult, 'kind' | 'name'>) => string,
): string {
  checkAlike(reports);
  const engines = reports.map(({ engine }) => engine);
  const count = ({ cases }: FidelityReport, status: Case['status']): string =>
    String(cases.filter((one) => one.status === status).length);
  const sections = Object.entries(titles).flatMap(([kind, title]) => {
    const at = reports[0].cases.flatMap((one, i) => (one.kind === kind ? [i] : []));
    const rows = at.flatMap((i) =>
      rowsOf(
        reports.map(({ cases }) => cases[i]),
        referenceOf(reports[0].cases[i]),
      ),
    );
    const header = ['case', 'reference', 'what', 'tolerance', ...engines];
    return rows.length > 0 ? [`## ${title}`, table(header, rows)] : [];
  });
  const statuses = ['passed', 'failed', 'declined'] as const;
  return `${[
    '# Fidelity',
    'Written by `npm run fidelity` from `adapterlab parity --json` on each engine; do not edit. A deviation is the largest distance from the reference, in ' +
      "the unit of what is compared (gradNorm relative), beside the case's tolerance; of codes and tokens it is the number that differ. " +
      'What is compared and how the tolerances were measured stands in the READMEs of the cases.',
    table(
      ['engine', ...statuses, 'largest share of a tolerance'],
      reports.map((report) => [
        report.engine,
        ...statuses.map((status) => count(report, status)),
        largestShare(report),
      ]),
    ),
    ...sections,
    ...list('Failed', reports, 'failed'),
    ...list('Declined', reports, 'declined'),
  ].join('\n\n')}\n`;
}

function checkAlike(reports: readonly FidelityReport[]): void {
  if (reports.length === 0) throw new RequestError('give the files that parity --json has written, one an engine');
  const names = ({ cases }: FidelityReport): string => cases.map(({ kind, name }) => `${kind} ${name}`).join();
  const other = reports.find((report) => names(report) !== names(reports[0]));
  if (other)
    throw new RequestError(`the reports of ${reports[0].engine} and ${other.engine} are not of the same cases`);
  const engines = reports.map(({ engine }) => engine);
  if (new Set(engines).size < engines.length)
    throw new RequestError(`two reports of one engine: ${engines.join(', ')}`);
}

/** A row for each thing that was compared; all that is exact on every engine in one. */
function rowsOf(ofEngines: readonly Case[], reference: string): string[][] {
  const whats = [...new Set(ofEngines.flatMap(({ deviations }) => Object.keys(deviations)))];
  const cell = (deviation: Deviation | undefined): string => (deviation ? short(deviation.value) : '–');
  const isExact = (what: string): boolean =>
    ofEngines.every(({ deviations: { [what]: found } }) => found?.value === 0 && found.tolerance === 0);
  const exact = whats.filter(isExact);
  const [{ name }] = ofEngines;
  const rows = whats
    .filter((what) => !isExact(what))
    .map((what) => {
      const found = ofEngines.map(({ deviations }) => deviations[what]);
      const tolerances = [...new Set(found.filter(Boolean).map(toleranceText))];
      return [name, reference, what, tolerances.join(' / '), ...found.map(cell)];
    });
  if (exact.length > 0) rows.push([name, reference, grouped(exact), '0', ...ofEngines.map(() => 'exact')]);
  return rows;
}

/** `nf4.codes, nf4.absmax, ids` as `nf4 (2), ids`. */
function grouped(whats: readonly string[]): string {
  const groups = new Map<string, number>();
  for (const what of whats) groups.set(what.split('.')[0], (groups.get(what.split('.')[0]) ?? 0) + 1);
  return [...groups].map(([name, count]) => (count > 1 ? `${name} (${count})` : name)).join(', ');
}

function largestShare({ cases }: FidelityReport): string {
  const all = cases.flatMap(({ name, deviations }) =>
    Object.entries(deviations).map(([what, deviation]) => ({ at: `${what} of ${name}`, share: share(deviation) })),
  );
  const largest = all.reduce((most, one) => (one.share > most.share ? one : most), { at: '', share: 0 });
  return largest.share === 0 ? '0' : `${largest.share.toFixed(2)} (${largest.at})`;
}

/** Cases of a status with the reason, which is mostly the same on all engines. */
function list(title: string, reports: readonly FidelityReport[], status: Case['status']): string[] {
  const lines = reports.flatMap(({ engine, cases }) =>
    cases
      .filter((one) => one.status === status)
      .map(({ kind, name, reason }) => ({
        engine,
        line: `${kind} ${name}: ${reason ?? 'a deviation beyond its tolerance'}`,
      })),
  );
  const each = [...new Set(lines.map(({ line }) => line))].map((line) => {
    const engines = lines.filter((one) => one.line === line).map(({ engine }) => engine);
    return `- ${line}${engines.length < reports.length ? ` (on ${engines.join(', ')})` : ''}`;
  });
  return each.length > 0 ? [`## ${title}`, each.join('\n')] : [];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
