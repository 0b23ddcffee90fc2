import { learningRateText } from '../numberText.ts';

/** Where on an axis of learning rates a label stands. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Rates of different grids that are too close for two labels share one, between them. */
export function rateTicks(rates: readonly number[]): Tick[] {
  const close: number[][] = [];
  for (const rate of rates) {
    const last = close.at(-1);
    if (last && rate < 1.25 * last.at(-1)!) last.push(rate);
    else close.push([rate]);
  }
  return close.map((some) => ({
    at: some.length === 1 ? some[0] : Math.sqrt(some[0] * some.at(-1)!),
    label: some.map(learningRateText).join(', '),
  }));
}

/** The labels in vega's expression language. */
export const tickLabels = (ticks: readonly Tick[]): string =>
  ticks.reduceRight((rest, { at, label }) => `datum.value === ${at} ? '${label}' : ${rest}`, 'datum.label');
