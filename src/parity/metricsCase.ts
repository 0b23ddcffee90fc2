/**
 * Texts with their BLEU, chrF and ROUGE, and labels with their scores, as sacrebleu, rouge-score and scikit-learn give them: a folder
 * whose expected.json has `items`, `corpus` and `classification`. Every score to a millionth of itself; a zero exactly.
 */
import path from 'node:path';
import { z } from 'zod';
import { corpusBleu, sentenceBleu } from '../metrics/bleu.ts';
import { corpusChrF, sentenceChrF } from '../metrics/chrF.ts';
import { classificationScores } from '../metrics/classification.ts';
import { rouge } from '../metrics/rouge.ts';
import { type Deviation, largestRelativeDifference } from './caseResult.ts';
import type { Checked, Kind } from './kind.ts';
import { parsed } from './runCase.ts';

const tolerance = 1e-6;
const labels = z.array(z.union([z.number(), z.string()])).min(1);

const expectedSchema = z.object({
  items: z
    .array(
      z.object({
        hypothesis: z.string(),
        references: z.array(z.string()).min(1),
        sentenceBleu: z.number(),
        chrF: z.number(),
        rougeF1AgainstFirst: z.object({ rouge1: z.number(), rouge2: z.number(), rougeL: z.number() }),
      }),
    )
    .min(1),
  corpus: z.object({
    bleu: z.number(),
    precisions: z.array(z.number()),
    brevityPenalty: z.number(),
    bleuLowercase: z.number(),
    chrF: z.number(),
  }),
  classification: z.object({
    truth: labels,
    prediction: labels,
    accuracy: z.number(),
    f1Macro: z.number(),
    f1Micro: z.number(),
    mcc: z.number(),
  }),
});

export const metricsCase: Kind = {
  kind: 'metrics',
  find: (folder) => (folder.holds('expected.json', 'items', 'corpus', 'classification') === true ? [folder.path] : []),
  knownTypes: [],
  types: () => [],
  check: compareMetrics,
};

function compareMetrics(folder: string): Checked {
  const { items, corpus, classification } = parsed(expectedSchema, path.join(folder, 'expected.json'));
  const deviations: { [what: string]: Deviation } = {};
  const compare = (what: string, got: readonly number[], wanted: readonly number[]): void => {
    deviations[what] = { value: largestRelativeDifference(got, wanted), tolerance };
  };
  const ofItems = (what: string, got: (item: Item) => number, wanted: (item: Item) => number): void =>
    compare(what, items.map(got), items.map(wanted));
  type Item = (typeof items)[number];

  ofItems(
    'sentenceBleu',
    (item) => sentenceBleu(item).score,
    (item) => item.sentenceBleu,
  );
  ofItems('sentenceChrF', sentenceChrF, (item) => item.chrF);
  for (const name of ['rouge1', 'rouge2', 'rougeL'] as const)
    ofItems(
      name,
      ({ hypothesis, references }) => rouge(hypothesis, references[0]!)[name],
      (item) => item.rougeF1AgainstFirst[name],
    );

  const bleu = corpusBleu(items);
  compare('bleu', [bleu.score], [corpus.bleu]);
  compare('precisions', bleu.precisions, corpus.precisions);
  compare('brevityPenalty', [bleu.brevityPenalty], [corpus.brevityPenalty]);
  compare('bleuLowercase', [corpusBleu(items, { lowercase: true }).score], [corpus.bleuLowercase]);
  compare('chrF', [corpusChrF(items)], [corpus.chrF]);

  const scores = classificationScores(classification.truth, classification.prediction);
  for (const name of ['accuracy', 'f1Macro', 'f1Micro', 'mcc'] as const)
    compare(name, [scores[name]], [classification[name]]);
  return { deviations };
}
