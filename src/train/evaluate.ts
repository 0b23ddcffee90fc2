/**
 * What a model scores on a split of a task. Per lane; every lane sees the same sequences.
 *
 *   lossNats       −Σ log P / tokens, over the tokens of completions (and their end), under teacher forcing
 *   tokenAccuracy  share of those tokens that are the likeliest at their place
 *   exactMatch     share of completions all of whose tokens are: exactly those that greedy decoding would write, end included
 *   bitsPerByte    −Σ log₂ P / bytes of the completions
 *   factAccuracy, grammarAccuracy   see clozeAccuracy.ts; share of minimal pairs whose right sentence is likelier
 *   bleu, chrF, rougeL, slotErrorRate   of what it writes after the prompts, greedily (writtenTexts.ts)
 */
import { encodeAll, type Sequence } from '../data/encode.ts';
import type { Metric, Split, Task } from '../data/task.ts';
import type { TextTokenizer } from '../data/textTokenizer.ts';
import { clozeAccuracy, type EncodedCloze, encodeCloze } from './clozeAccuracy.ts';
import type { Model } from './model.ts';
import { type BetweenBatches, scoreSequences, type SequenceScores } from './sequenceScores.ts';
import {
  type PromptSet,
  promptSet,
  promptSetTokens,
  type Sample,
  samplesOf,
  textScoresOf,
  writtenTexts,
} from './writtenTexts.ts';

export interface EvaluationSet {
  readonly metrics: readonly Metric[];
  readonly sequences: readonly Sequence[];
  readonly cloze: EncodedCloze;
  /** right, wrong, right, wrong … */
  readonly pairs: readonly Sequence[];
  /** Of each pair. */
  readonly paradigms: readonly string[];
  /** What text is written after. */
  readonly prompts: PromptSet;
}

export interface EvaluationSetOptions {
  /** Longer texts are cut there. */
  readonly maxLength: number;
  /** Whether facts and minimal pairs, which belong to no split, are asked too, and text is written. */
  readonly items: boolean;
  /** With items: texts to write and to show where no metric needs any; none unless given. */
  readonly samples?: number;
  /** Hears once if texts had to be cut. */
  readonly report: (message: string) => void;
}

export function evaluationSet(
  task: Task,
  split: Split,
  tokenizer: TextTokenizer,
  { maxLength, items, samples = 0, report }: EvaluationSetOptions,
): EvaluationSet {
  const minimalPairs = items ? task.minimalPairs() : [];
  const sentences = minimalPairs.flatMap(({ right, wrong }) => [right, wrong]);
  return {
    metrics: task.metrics,
    sequences: encodeAll(task.split(split), tokenizer, maxLength, (message) =>
      report(`${task.name}, ${split}: ${message}`),
    ),
    cloze: encodeCloze(items ? task.cloze() : [], tokenizer, maxLength),
    pairs: encodeAll(
      sentences.map((completion) => ({ prompt: '', completion })),
      tokenizer,
      maxLength,
      () => {},
    ),
    paradigms: minimalPairs.map(({ paradigm }) => paradigm),
    prompts: items ? promptSet(task, split, tokenizer, samples) : { prompts: [], tokens: 0, metrics: [], tokenizer },
  };
}

/** Metrics by name. */
export type LaneMetrics = { lossNats: number; [metric: string]: number };

/** What a lane scores, and some of what it writes. */
export interface LaneScores {
  readonly metrics: LaneMetrics;
  readonly samples: readonly Sample[];
}

/** Tokens that an evaluation reads, in each lane; fewer where texts end early. */
export const evaluationTokens = ({ sequences, cloze, pairs, prompts }: EvaluationSet): number =>
  [...sequences, ...cloze.contexts, ...pairs].reduce((total, { ids }) => total + ids.length, promptSetTokens(prompts));

/** One entry per lane, in order. Leaves no tensor behind. */
export async function evaluate(model: Model, set: EvaluationSet, between?: BetweenBatches): Promise<LaneMetrics[]> {
  return (await laneScores(model, set, between)).map(({ metrics }) => metrics);
}

const samplesShown = 3;

/** The same with texts to show. */
export async function laneScores(
  model: Model,
  set: EvaluationSet,
  between: BetweenBatches = () => {},
): Promise<LaneScores[]> {
  const scores = await scoreSequences(model, set.sequences, between);
  const facts = await clozeAccuracy(model, set.cloze, between);
  const pairs = await scoreSequences(model, set.pairs, between);
  const texts = await writtenTexts(model, set.prompts, between);
  return scores.map((score, lane) => ({
    metrics: {
      ...sequenceMetrics(score, set),
      ...(set.cloze.items.length > 0 && { factAccuracy: facts[lane]! }),
      ...(set.pairs.length > 0 && grammarAccuracies(pairs[lane]!, set)),
      ...textScoresOf(set.prompts, texts[lane]!),
    },
    samples: samplesOf(set.prompts, texts[lane]!, samplesShown),
  }));
}

function sequenceMetrics(
  { nats, tokens, correct }: SequenceScores,
  { metrics, sequences }: EvaluationSet,
): LaneMetrics {
  const count = sum(tokens);
  const bytes = sequences.reduce((all, { completionBytes }) => all + completionBytes, 0);
  return {
    lossNats: sum(nats) / count,
    tokenAccuracy: sum(correct) / count,
    ...(metrics.includes('exactMatch') && {
      exactMatch: tokens.filter((of, i) => correct[i] === of).length / sequences.length,
    }),
    ...(metrics.includes('bitsPerByte') && { bitsPerByte: sum(nats) / Math.LN2 / bytes }),
  };
}

/** Of all pairs and, where asked for, of each paradigm. */
function grammarAccuracies(
  { nats }: SequenceScores,
  { metrics, paradigms }: EvaluationSet,
): { [metric: string]: number } {
  const accuracy = (pairs: readonly number[]): number =>
    pairs.filter((pair) => nats[2 * pair]! < nats[2 * pair + 1]!).length / pairs.length;
  const all = Array.from({ length: nats.length / 2 }, (_, pair) => pair);
  if (!metrics.includes('grammarAccuracyByParadigm')) return { grammarAccuracy: accuracy(all) };
  const each = [...new Set(paradigms)].map((name): [string, number] => {
    return [`grammarAccuracy.${name}`, accuracy(all.filter((pair) => paradigms[pair] === name))];
  });
  return { grammarAccuracy: accuracy(all), ...Object.fromEntries(each) };
}

const sum = (values: Float64Array | Int32Array): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
