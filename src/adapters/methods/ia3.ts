import { inputOutputScale, type InputOutputScaleOptions } from '../rescale/inputOutputScale.ts';
import type { Recipe } from '../types.ts';
import { none } from '../update/none.ts';

/** IA³, arXiv:2205.05638: a trained factor for each key, value and inner feed-forward activation, and nothing else. */
export const ia3 = (options: InputOutputScaleOptions = {}): Recipe => ({
  update: none(),
  rescale: inputOutputScale(options),
});
