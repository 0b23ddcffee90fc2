/**
 * chrF (Popović 2015; chrF2 as sacrebleu 2 computes it: characters alone, no spaces, no smoothing), in percent.
 *
 *   chrF = (1 + β²) P R / (β² P + R),   β = 2,   P and R the means over n = 1 … 6 of
 *   pₙ = character n-grams that are in both (clipped) / those written,   rₙ = … / those of the reference
 *
 * An order that one of the two is too short for is left out of the means. Of several references the one with the best score counts,
 * text by text; over a corpus the counts are summed before the division.
 */
import { ngramsOf, overlap, total } from './ngrams.ts';
import { checkSegments, type Segment } from './segment.ts';
import { wordsOf } from './words.ts';

const orders = [1, 2, 3, 4, 5, 6] as const;
const betaSquared = 4;

interface OrderCounts {
  readonly written: number;
  readonly wanted: number;
  readonly shared: number;
}

/** Of all texts together, 0 to 100. Throws an Error if there is none, or one without a reference. */
export function corpusChrF(segments: readonly Segment[]): number {
  checkSegments('chrF', segments);
  const best = segments.map(bestCounts);
  return scoreOf(
    orders.map((_, i) => ({
      written: best.reduce((sum, counts) => sum + counts[i]!.written, 0),
      wanted: best.reduce((sum, counts) => sum + counts[i]!.wanted, 0),
      shared: best.reduce((sum, counts) => sum + counts[i]!.shared, 0),
    })),
  );
}

/** Of one text, 0 to 100. Throws an Error if it has no reference. */
export function sentenceChrF(segment: Segment): number {
  return corpusChrF([segment]);
}

/** Against the reference with the best score, the first at a tie. */
function bestCounts({ hypothesis, references }: Segment): OrderCounts[] {
  const written = charactersOf(hypothesis);
  const own = orders.map((n) => ngramsOf(written, n, ''));
  const candidates = references.map((reference) => {
    const wanted = charactersOf(reference);
    return orders.map((n, i) => {
      const theirs = ngramsOf(wanted, n, '');
      // What is written of an order that the reference is too short for is no mistake.
      return {
        written: theirs.size === 0 ? 0 : total(own[i]!),
        wanted: total(theirs),
        shared: overlap(own[i]!, theirs),
      };
    });
  });
  return candidates.reduce((best, counts) => (scoreOf(counts) > scoreOf(best) ? counts : best));
}

const charactersOf = (text: string): string[] => Array.from(wordsOf(text).join(''));

function scoreOf(counts: readonly OrderCounts[]): number {
  const counted = counts.filter(({ written, wanted }) => written > 0 && wanted > 0);
  if (counted.length === 0) return 0;
  const mean = (of: (one: OrderCounts) => number): number =>
    counted.reduce((sum, one) => sum + of(one), 0) / counted.length;
  const precision = mean(({ shared, written }) => shared / written);
  const recall = mean(({ shared, wanted }) => shared / wanted);
  if (precision + recall === 0) return 0;
  return (100 * (1 + betaSquared) * precision * recall) / (betaSquared * precision + recall);
}
