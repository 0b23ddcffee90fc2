/**
 * Eight bits a number on the dynamic map, with a scale for each 256 (arXiv:2110.02861; bitsandbytes `quantize_blockwise`): what double
 * quantization does with scales, here for the numbers themselves.
 */
import type { Storage } from '../types.ts';
import { lendBlocks8, quantize8 } from './codec/blockwise8.ts';
import { outputsFirst, roundedKernel } from './roundedKernel.ts';

const blockSize = 256;

export const dynamic8 = (): Storage => ({
  spec: { type: 'dynamic8', blockSize },
  pack(stored, storedShape, order) {
    const { values, shape } = outputsFirst(stored, storedShape, order);
    const quantized = quantize8(values, blockSize);
    return roundedKernel({
      shape,
      bytes: quantized.codes.byteLength + quantized.absmax.byteLength,
      outIn: () => lendBlocks8(quantized, blockSize),
    });
  },
  bytes: ([inputs, outputs]) => inputs * outputs + 4 * Math.ceil((inputs * outputs) / blockSize),
});
