/**
 * The weights of LLM.int8(), arXiv:2208.07339: eight bits a number and a scale an output (codec/rowwise8.ts). Departure: the paper also
 * rounds the inputs of a product, but for outliers; here they stay float32, so that gradients are those of the rounded kernel.
 */
import type { Storage } from '../types.ts';
import { lendRows, quantizeRows } from './codec/rowwise8.ts';
import { outputsFirst, roundedKernel } from './roundedKernel.ts';

export const int8 = (): Storage => ({
  spec: { type: 'int8' },
  pack(stored, storedShape, order) {
    const { values, shape } = outputsFirst(stored, storedShape, order);
    const quantized = quantizeRows(values, shape);
    return roundedKernel({
      shape,
      bytes: quantized.codes.byteLength + quantized.rowAbsmax.byteLength,
      outIn: () => lendRows(quantized),
    });
  },
  bytes: ([inputs, outputs]) => inputs * outputs + 4 * outputs,
});
