/** One hypothesis of a family, after the correction. */
export interface Adjusted {
  /** At or below the level where the hypothesis is rejected. */
  p: number;
  rejected: boolean;
}

/**
 * Holm's step-down correction (Scandinavian Journal of Statistics 6 (1979) 65): of m hypotheses with p₍₁₎ <= … <= p₍ₘ₎,
 *
 *     adjusted p₍ᵢ₎ = max over j <= i of min(1, (m - j + 1) p₍ⱼ₎)
 *
 * Rejecting what is at most `level` is wrong about any true hypothesis with at most that probability, whatever the hypotheses have to
 * do with each other. The order is that of the p values given.
 */
export function holm(pValues: readonly number[], level = 0.05): Adjusted[] {
  const wrong = pValues.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) throw new Error(`a p value lies between 0 and 1, unlike ${wrong}`);
  const adjusted: Adjusted[] = [];
  let largest = 0;
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a] - pValues[b]);
  order.forEach((at, place) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - place) * pValues[at]));
    adjusted[at] = { p: largest, rejected: largest <= level };
  });
  return adjusted;
}
