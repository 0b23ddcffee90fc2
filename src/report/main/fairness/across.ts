import type { BestRateSummary, VariantSummary } from '../../../results/summary.ts';
import type { ReportedExperiment } from '../experiments.ts';

/** A variant at its best rate, in its experiment. */
export interface Chosen {
  experiment: ReportedExperiment;
  row: VariantSummary;
  best: BestRateSummary;
}

/** Every variant of every experiment that has a best rate. */
export function chosen(experiments: readonly ReportedExperiment[]): Chosen[] {
  return experiments.flatMap((experiment) =>
    experiment.content.summary.variants.flatMap((row) => (row.best ? [{ experiment, row, best: row.best }] : [])),
  );
}

/** `8`, or `3 to 8`. */
export function rangeText(numbers: readonly number[], text: (value: number) => string = String): string {
  if (numbers.length === 0) return 'none';
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)].map(text);
  return low === high ? low : `${low} to ${high}`;
}

/** `1 variant`, `3 variants`. */
export function counted(count: number, word: string): string {
  return `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`;
}

/** Names of the first few, and how many more there are. */
export function someOf(names: readonly string[], atMost = 6): string {
  const rest = names.length - atMost;
  return `${names.slice(0, atMost).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** How a variant is called among several experiments. */
export function nameOf({ experiment, row }: Pick<Chosen, 'experiment' | 'row'>): string {
  return `${row.variant} (${experiment.folder})`;
}
