/**
 * The learning rate that a method trains with when none is given: a start for AdamW and networks of up to some hundred million
 * numbers, not a tuned one. Where few numbers scale much (vectors) it is higher, where all numbers train a tenth: the best rate of
 * full fine-tuning is about a tenth of LoRA's (arXiv:2405.09673, section 5.2). LoRA+ multiplies its own for B by 16, and AdaLoRA, whose λ starts at zero
 * between factors of 0.02, hardly moves at LoRA's.
 */
const byMethod: Readonly<Record<string, number>> = { full: 1e-4, loraPlus: 2e-4, adalora: 1e-2, ia3: 1e-2, vera: 1e-2 };

export const defaultLearningRate = (method: string): number =>
  Object.hasOwn(byMethod, method) ? byMethod[method]! : 1e-3;

/** For people. */
export const learningRatesText: string = `1e-3 (${Object.entries(byMethod)
  .map(([method, rate]) => `${method} ${rate.toExponential()}`)
  .join(', ')})`;
