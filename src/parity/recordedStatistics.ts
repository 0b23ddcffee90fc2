/** The expected.json of a statistics case. */
import { z } from 'zod';

type Bounds = [low: number, high: number];

export interface RecordedSample {
  sample: number[];
  mean: number;
  standardDeviation: number;
  standardError: number;
  median: number;
  quartiles: Bounds;
  tInterval95: Bounds;
  /** Absent where the sample is constant. Bounds of independent runs of the bootstrap. */
  bca?: { acceleration: number; interval95: Bounds[] };
}

export interface RecordedPair {
  a: number[];
  b: number[];
  meanDifference: number;
  t: number;
  p: number;
  interval95: Bounds;
  cohenDz: number;
  wilcoxonP: number;
  unpairedWelchP: number;
  smallestDetectableDz80: number;
  /** Null where the reference program found none: its noncentral t fails for large effects. */
  power: number | null;
}

export interface RecordedStatistics {
  oneSample: RecordedSample[];
  paired: RecordedPair[];
  holm: { p: number[]; holm: number[]; reject05: boolean[] }[];
  correlation: { x: number[]; y: number[]; yTies: number[]; pearson: number; spearman: number; spearmanTies: number };
  tQuantiles: { p: number; df: number; value: number }[];
  normalQuantiles: { p: number; value: number }[];
}

const number = z.number();
const numbers = z.array(number).min(1);
const bounds = z.tuple([number, number]);

export const recordedStatistics: z.ZodType<RecordedStatistics> = z.object({
  oneSample: z
    .array(
      z.object({
        sample: numbers,
        mean: number,
        standardDeviation: number,
        standardError: number,
        median: number,
        quartiles: bounds,
        tInterval95: bounds,
        bca: z.object({ acceleration: number, interval95: z.array(bounds).min(2) }).optional(),
      }),
    )
    .min(1),
  paired: z
    .array(
      z.object({
        a: numbers,
        b: numbers,
        meanDifference: number,
        t: number,
        p: number,
        interval95: bounds,
        cohenDz: number,
        wilcoxonP: number,
        unpairedWelchP: number,
        smallestDetectableDz80: number,
        power: number.nullable(),
      }),
    )
    .min(1),
  holm: z.array(z.object({ p: numbers, holm: numbers, reject05: z.array(z.boolean()) })).min(1),
  correlation: z.object({
    x: numbers,
    y: numbers,
    yTies: numbers,
    pearson: number,
    spearman: number,
    spearmanTies: number,
  }),
  tQuantiles: z.array(z.object({ p: number, df: number, value: number })).min(1),
  normalQuantiles: z.array(z.object({ p: number, value: number })).min(1),
});
