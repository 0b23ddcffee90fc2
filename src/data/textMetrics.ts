/** Scores of what a model wrote after prompts, over all of them together. */
import { corpusBleu } from '../metrics/bleu.ts';
import { corpusChrF } from '../metrics/chrF.ts';
import { meanRougeL } from '../metrics/rouge.ts';
import type { Segment } from '../metrics/segment.ts';
import { slotErrorRate } from '../metrics/slotError.ts';
import { e2eSlotErrors } from './e2e/slots.ts';
import type { Metric, TextMetric } from './task.ts';

export interface WrittenText extends Segment {
  readonly prompt: string;
  /** Of the examples that it is compared with; for slotErrorRate the meaning representation, as name[…], food[…]. */
  readonly group: string | null;
}

/** bleu and chrF in percent, rougeL (F1) and slotErrorRate as shares. */
export const textMetrics: Readonly<Record<TextMetric, (texts: readonly WrittenText[]) => number>> = {
  bleu: (texts) => corpusBleu(texts).score,
  chrF: corpusChrF,
  rougeL: meanRougeL,
  slotErrorRate: (texts) => slotErrorRate(texts.map(({ group, hypothesis }) => e2eSlotErrors(group ?? '', hypothesis))),
};

export const isTextMetric = (metric: Metric): metric is TextMetric => Object.hasOwn(textMetrics, metric);
