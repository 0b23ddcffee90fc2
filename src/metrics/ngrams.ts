/** How often each n-gram occurs: items joined by `separator`, which no item may hold. */
export type Ngrams = ReadonlyMap<string, number>;

export function ngramsOf(items: readonly string[], n: number, separator: string): Ngrams {
  const counts = new Map<string, number>();
  for (let start = 0; start + n <= items.length; start++) {
    const ngram = items.slice(start, start + n).join(separator);
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** How many n-grams there are, each as often as it occurs. */
export function total(ngrams: Ngrams): number {
  let sum = 0;
  for (const count of ngrams.values()) sum += count;
  return sum;
}

/** How many of the one are in the other, each at most as often as there ("clipped"). */
export function overlap(one: Ngrams, other: Ngrams): number {
  let sum = 0;
  for (const [ngram, count] of one) sum += Math.min(count, other.get(ngram) ?? 0);
  return sum;
}
