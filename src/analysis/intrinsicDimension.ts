/**
 * Intrinsic dimension (arXiv:1804.08838 §2; arXiv:2012.13255 §3): the smallest number d of trained parameters that reaches 90 % of what
 * full training gains,
 *
 *   d₉₀ = min { d : gain(d) ≥ 0.9 },   gain(d) = (score(d) − base) / (full − base).
 *
 * Both papers take the whole score, base = 0. With the base's score it is the share of what was learnt, and holds for losses, where
 * less is better, as well.
 */
export interface DimensionScore {
  readonly dimension: number;
  readonly score: number;
}

export interface IntrinsicDimension {
  /** The score that must be reached. */
  readonly threshold: number;
  /** The smallest d of the points that reaches it; null where none does. */
  readonly smallest: number | null;
  /** Where the straight line over ln d from the point before crosses it; `smallest` where there is no point before. */
  readonly interpolated: number | null;
}

/** A score of exactly the threshold reaches it. */
const rounding = 1e-12;

/** Throws where there is no point, a dimension is not positive, or full training gained nothing. */
export function intrinsicDimension(
  points: readonly DimensionScore[],
  full: number,
  base = 0,
  share = 0.9,
): IntrinsicDimension {
  if (points.length === 0) throw new Error('no dimension was measured');
  const odd = points.find(({ dimension }) => !(dimension > 0));
  if (odd) throw new Error(`a dimension must be positive, not ${odd.dimension}`);
  if (!Number.isFinite(full - base) || full === base)
    throw new Error(`full training gained nothing: it scores ${full}, and the base ${base}`);
  const gain = ({ score }: DimensionScore): number => (score - base) / (full - base);
  const sorted = [...points].sort((a, b) => a.dimension - b.dimension);
  const threshold = base + share * (full - base);
  const at = sorted.findIndex((point) => gain(point) >= share - rounding);
  if (at < 0) return { threshold, smallest: null, interpolated: null };
  const here = sorted[at]!;
  const before = sorted[at - 1];
  if (!before) return { threshold, smallest: here.dimension, interpolated: here.dimension };
  const part = (share - gain(before)) / (gain(here) - gain(before));
  const interpolated = before.dimension * (here.dimension / before.dimension) ** part;
  return { threshold, smallest: here.dimension, interpolated };
}
