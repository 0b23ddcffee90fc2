import { stringify } from 'csv-stringify/sync';
import type { Comparison } from '../results/comparison.ts';
import type { Estimate } from '../results/estimate.ts';
import type { RunRecord } from '../results/record.ts';
import type { Summary } from '../results/summary.ts';

export type Cell = string | number | null;
export type Row = Record<string, Cell>;

/** One row per run. Units are in the names; what was never measured is empty. */
export function runsCsv(records: readonly RunRecord[]): string {
  return csv(
    records.map(({ plan, status, derived, before, final, environment, times, ...rest }) => ({
      variant: plan.variant,
      learningRate: plan.learningRate,
      seed: plan.seed,
      status,
      ...named('learnValidation', final?.learn.validation),
      ...named('learnTest', final?.learn.test),
      ...named('retainTest', final?.retain.test),
      ...named('baseLearnTest', before?.learn.test),
      ...named('baseRetainTest', before?.retain.test),
      trainableParameters: derived?.trainableParameters ?? null,
      trainableParametersAtEnd: derived?.trainableParametersAtEnd ?? null,
      ...named('bytes', derived?.bytes),
      trainSeconds: times.trainSeconds,
      evaluateSeconds: times.evaluateSeconds,
      secondsPerStep: times.secondsPerStep,
      engine: environment.engine,
      hash: plan.hash,
      error: 'error' in rest ? rest.error : null,
    })),
  );
}

/** One row per variant, at its best rate; intervals are 95 %. Columns as in `runsCsv` where they mean the same. */
export function summaryCsv({ variants }: Summary): string {
  return csv(
    variants.map(({ variant, reference, best, counts, rates }) => ({
      variant,
      bestLearningRate: best?.learningRate ?? null,
      placeInGrid: best?.place ?? null,
      ratesTried: rates.length,
      ...Object.assign(
        {},
        ...Object.entries(best?.learn ?? {}).map(([name, of]) => estimated(`learnTest${capital(name)}`, of)),
      ),
      ...Object.assign(
        {},
        ...Object.entries(best?.retain ?? {}).map(([name, of]) => estimated(`retainTest${capital(name)}`, of)),
      ),
      seeds: best?.runs.length ?? null,
      reference,
      ...compared('', best?.against?.learn ?? null),
      ...compared('retain', best?.against?.retain ?? null),
      matchedTargetLossNats: best?.against?.matched?.targetLossNats ?? null,
      matchedSourceLossNats: best?.against?.matched?.source.variant.mean ?? null,
      matchedSourceLossNatsOfReference: best?.against?.matched?.source.reference.mean ?? null,
      ...compared('matched', best?.against?.matched?.comparison ?? null),
      ...named('base', best?.base),
      trainableParameters: best?.trainableParameters ?? null,
      trainableParametersAtEnd: best?.trainableParametersAtEnd ?? null,
      ...named('bytes', best?.bytes),
      scaleSmallest: best?.scale?.smallest ?? null,
      scaleLargest: best?.scale?.largest ?? null,
      secondsPerStep: best?.secondsPerStep ?? null,
      ...named('runs', counts),
    })),
  );
}

/** A comparison in columns, each with a word before its name where one is given. */
function compared(word: string, comparison: Comparison | null): Row {
  const { difference, bootstrap, adjustedP, smallestDz, verdict } = comparison ?? {};
  const columns = {
    verdict: verdict ?? null,
    differenceNats: difference?.mean ?? null,
    differenceNatsLow: difference?.interval?.low ?? null,
    differenceNatsHigh: difference?.interval?.high ?? null,
    differenceNatsBcaLow: bootstrap?.low ?? null,
    differenceNatsBcaHigh: bootstrap?.high ?? null,
    p: difference?.p ?? null,
    pHolm: adjustedP ?? null,
    dz: difference?.dz ?? null,
    smallestDz: smallestDz?.alone ?? null,
    smallestDzInFamily: smallestDz?.inFamily ?? null,
  };
  return word === '' ? columns : named(word, columns);
}

function estimated(name: string, { mean, interval, bootstrap, values }: Estimate): Row {
  return {
    [name]: mean,
    [`${name}Low`]: interval?.low ?? null,
    [`${name}High`]: interval?.high ?? null,
    [`${name}BcaLow`]: bootstrap?.low ?? null,
    [`${name}BcaHigh`]: bootstrap?.high ?? null,
    [`${name}Seeds`]: values.map(({ seed, value }) => `${seed}:${value}`).join(' '),
  };
}

/** Fields of an object with a word before their names: `bytes` and `base` make `bytesBase`. */
function named(word: string, values: object | null | undefined): Row {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [`${word}${capital(name)}`, value as Cell]),
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Columns are those of all rows, in the order in which they appear. Text that a spreadsheet would run is made harmless. */
export function csv(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return stringify([...rows], { header: true, columns, escape_formulas: true });
}
