/** A reproduction as a person reads it on a terminal. */
import type { Json } from '../results/json.ts';
import type { Difference } from './compareRecords.ts';
import type { ReproducedRecord, Reproduction } from './reproduce.ts';

/** Differences shown of one record; the JSON has all. */
const mostShown = 10;

export function reproductionInWords({ records }: Reproduction): string {
  const lines = records.flatMap(recordInWords);
  return [...lines, ...notes(records), summary(records)].join('\n');
}

function recordInWords({ file, verdict, differences, largest }: ReproducedRecord): string[] {
  const shares = Object.entries(largest)
    .map(([field, { difference, tolerance }]) => ({ field, difference, tolerance, share: difference / tolerance }))
    .toSorted((a, b) => b.share - a.share);
  const worst = shares[0];
  const close =
    verdict === 'close' && worst
      ? `  (most: ${worst.field}, ${short(worst.difference)} of ${short(worst.tolerance)})`
      : '';
  const more = differences.length - mostShown;
  return [
    `${verdict.padEnd(8)} ${file}${close}`,
    ...differences.slice(0, mostShown).map((difference) => `  ${differenceInWords(difference)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function differenceInWords({ path, there, here, difference, tolerance }: Difference): string {
  const by =
    difference === null
      ? ''
      : `, differs by ${short(difference)}${tolerance > 0 ? ` of ${short(tolerance)} allowed` : ''}`;
  return `${path}: ${shown(there)} there, ${shown(here)} here${by}`;
}

/** What is not the same but no number: rounding, source, fields. */
function notes(records: readonly ReproducedRecord[]): string[] {
  const rounding = unique(records.flatMap((record) => record.rounding));
  const commits = unique(
    records.flatMap(({ commits: { there, here } }) =>
      there === here ? [] : [`${there ?? 'no checkout'} there, ${here ?? 'no checkout'} here`],
    ),
  );
  const added = unique(records.flatMap((record) => record.added.map((field) => field.replace(/\[\d+\]/g, ''))));
  return [
    ...(rounding.length > 0 ? [`tolerances, not bits, as the rounding may be another: ${rounding.join('; ')}`] : []),
    ...commits.map((line) => `the source has changed: commit ${line}`),
    ...(added.length > 0 ? [`not compared, as records of then lack it: ${added.join(', ')}`] : []),
  ];
}

function summary(records: readonly ReproducedRecord[]): string {
  const of = (wanted: string): number => records.filter(({ verdict }) => verdict === wanted).length;
  const parts = [`${of('equal')} equal to the bit`, `${of('close')} within tolerances`, `${of('differs')} different`];
  return `${records.length} ${records.length === 1 ? 'record' : 'records'}: ${parts.join(', ')}`;
}

/** Two digits: 3.1e-5, 2e-5. */
const short = (value: number): string => value.toExponential(1).replace('.0e', 'e').replace('e+', 'e');

const shown = (value: Json): string =>
  value === null ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
