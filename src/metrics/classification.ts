/**
 * Scores of predicted labels, as scikit-learn's: accuracy, F1 (macro and micro) and Matthews' correlation for any number of classes.
 *
 *   F1 of a class  2 TP / (2 TP + FP + FN);   macro: its mean over the classes that are true or predicted anywhere
 *   F1 micro       the same of the sums of TP, FP and FN over classes: with one label each, the accuracy
 *   MCC            (c s − Σ pₖ tₖ) / √( (s² − Σ pₖ²)(s² − Σ tₖ²) )   (Gorodkin 2004);   c right of s, class k predicted pₖ and true tₖ times
 */

export interface ClassificationScores {
  /** 0 to 1, and so are both F1. */
  readonly accuracy: number;
  readonly f1Macro: number;
  readonly f1Micro: number;
  /** −1 to 1; 0 where one side has one class only. */
  readonly mcc: number;
}

/** `truth` and `prediction` have one label each for every item. Throws an Error if there is none, or if their lengths differ. */
export function classificationScores<Label extends string | number>(
  truth: readonly Label[],
  prediction: readonly Label[],
): ClassificationScores {
  if (truth.length === 0 || truth.length !== prediction.length)
    throw new Error(`classification: ${prediction.length} predictions for ${truth.length} labels`);
  const right = truth.filter((label, i) => label === prediction[i]);
  const [trueCounts, predicted, hits] = [countsOf(truth), countsOf(prediction), countsOf(right)];
  const classes = [...new Set([...truth, ...prediction])];
  const times = (counts: ReadonlyMap<Label, number>, label: Label): number => counts.get(label) ?? 0;
  const f1 = classes.map((label) => (2 * times(hits, label)) / (times(trueCounts, label) + times(predicted, label)));
  const sum = (of: (label: Label) => number): number => classes.reduce((all, label) => all + of(label), 0);
  const size = truth.length;
  const covariance = right.length * size - sum((label) => times(predicted, label) * times(trueCounts, label));
  const spread =
    (size ** 2 - sum((label) => times(predicted, label) ** 2)) *
    (size ** 2 - sum((label) => times(trueCounts, label) ** 2));
  const accuracy = right.length / size;
  return {
    accuracy,
    f1Macro: f1.reduce((all, score) => all + score, 0) / classes.length,
    f1Micro: accuracy,
    mcc: spread === 0 ? 0 : covariance / Math.sqrt(spread),
  };
}

function countsOf<Label>(labels: readonly Label[]): Map<Label, number> {
  const counts = new Map<Label, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
