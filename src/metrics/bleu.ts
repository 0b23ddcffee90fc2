/**
 * BLEU (Papineni et al. 2002) as sacrebleu computes it (Post 2018; signature case:mixed|tok:13a|smooth:exp), in percent.
 *
 *   BLEU = BP · exp( (1/4) Σₙ log pₙ ),   pₙ = n-grams found in a reference (clipped) / n-grams written,   n = 1 … 4
 *   BP   = exp(1 − r/c) if c < r else 1,   c tokens written, r those of the references nearest in length (the shorter at a tie)
 *
 * Counts are summed over all texts before the division. Exponential smoothing (method 3 of Chen and Cherry 2014): the k-th order
 * without a match counts as 1/2ᵏ of a match. Of a single sentence, orders it is too short for are left out of the mean (sacrebleu's
 * "effective order"); a corpus always has all four.
 */
import { type Ngrams, ngramsOf, overlap, total } from './ngrams.ts';
import { checkSegments, type Segment } from './segment.ts';
import { tokenize13a } from './tokenize13a.ts';
import { trimmedEnd } from './words.ts';

export interface BleuOptions {
  /** Compare in lower case. No unless given. */
  readonly lowercase?: boolean;
}

export interface Bleu {
  /** 0 to 100. */
  readonly score: number;
  /** Of 1- to 4-grams, smoothed, in percent. */
  readonly precisions: readonly number[];
  /** 0 to 1. */
  readonly brevityPenalty: number;
}

const orders = [1, 2, 3, 4] as const;

interface Counts {
  readonly written: number;
  readonly wanted: number;
  /** By order. */
  readonly found: readonly number[];
  readonly all: readonly number[];
}

/** Of all texts together. Throws an Error if there is none, or one without a reference. */
export function corpusBleu(segments: readonly Segment[], options: BleuOptions = {}): Bleu {
  checkSegments('BLEU', segments);
  const counts = segments.map((segment) => countsOf(segment, options));
  const sum = (of: (one: Counts) => number): number => counts.reduce((all, one) => all + of(one), 0);
  return bleuOf(
    {
      written: sum(({ written }) => written),
      wanted: sum(({ wanted }) => wanted),
      found: orders.map((_, i) => sum(({ found }) => found[i]!)),
      all: orders.map((_, i) => sum(({ all }) => all[i]!)),
    },
    false,
  );
}

/** Of one text. Throws an Error if it has no reference. */
export function sentenceBleu(segment: Segment, options: BleuOptions = {}): Bleu {
  checkSegments('BLEU', [segment]);
  return bleuOf(countsOf(segment, options), true);
}

function countsOf({ hypothesis, references }: Segment, { lowercase = false }: BleuOptions): Counts {
  const tokens = (text: string): string[] => tokenize13a(trimmedEnd(lowercase ? text.toLowerCase() : text));
  const written = tokens(hypothesis);
  const wanted = references.map(tokens);
  const own = orders.map((n) => ngramsOf(written, n, ' '));
  return {
    written: written.length,
    wanted: nearest(
      written.length,
      wanted.map(({ length }) => length),
    ),
    found: orders.map((n, i) => overlap(own[i]!, mostOf(wanted.map((reference) => ngramsOf(reference, n, ' '))))),
    all: own.map(total),
  };
}

/** Each n-gram as often as in the text that has it most often. */
function mostOf(counts: readonly Ngrams[]): Ngrams {
  const most = new Map<string, number>();
  for (const ngrams of counts)
    for (const [ngram, count] of ngrams) most.set(ngram, Math.max(count, most.get(ngram) ?? 0));
  return most;
}

function nearest(length: number, others: readonly number[]): number {
  return others.reduce((best, other) => {
    const difference = Math.abs(other - length) - Math.abs(best - length);
    return difference < 0 || (difference === 0 && other < best) ? other : best;
  });
}

function bleuOf({ written, wanted, found, all }: Counts, effectiveOrder: boolean): Bleu {
  const brevityPenalty = written >= wanted ? 1 : written === 0 ? 0 : Math.exp(1 - wanted / written);
  if (found.every((count) => count === 0)) return { score: 0, precisions: orders.map(() => 0), brevityPenalty };
  let unmatched = 0;
  const precisions = orders.map((_, i) => {
    if (all[i] === 0) return 0;
    return (100 * (found[i] || 2 ** -++unmatched)) / all[i]!;
  });
  const counted = effectiveOrder ? precisions.filter((_, i) => all[i]! > 0) : precisions;
  const meanLog = counted.reduce((sum, precision) => sum + Math.log(precision), 0) / counted.length;
  return { score: brevityPenalty * Math.exp(meanLog), precisions, brevityPenalty };
}
