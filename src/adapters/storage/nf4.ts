/**
 * NF4, arXiv:2305.14314: four bits a number and a scale a block, quantized once more by default ("double"). The codes stay packed;
 * a kernel is unpacked to float32 for each product that needs it and freed after it, in forward and again in backward.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { activeEngine, scoped } from '../../tensor/engine.ts';
import type { Frozen } from '../../tensor/frozen.ts';
import { product } from '../../tensor/product.ts';
import type { KernelOrder, Storage } from '../types.ts';
import {
  dequantizeTransposed,
  packedBytes,
  type PackedMatrix,
  type Packing,
  packMatrix,
  unpackMatrix,
} from './codec/packedMatrix.ts';

export interface Nf4Options {
  /** Numbers that share a scale, along the kernel as the checkpoint stores it. */
  readonly blockSize?: number;
  /** Scales in 8 bits. */
  readonly double?: boolean;
}

export function nf4({ blockSize = 64, double = true }: Nf4Options = {}): Storage {
  const packing: Packing = { kind: 'nf4', blockSize, double };
  return {
    spec: { type: 'nf4', blockSize, double },
    pack: (values, stored, order) => packedKernel(packMatrix(values, stored, packing), order),
    bytes: (stored) => packedBytes(stored, packing),
  };
}

function packedKernel(packed: PackedMatrix, order: KernelOrder): Frozen {
  const [rows, columns] = packed.shape;
  const asStored = (): Tensor2D => tf.tensor2d(unpackMatrix(packed), [rows, columns]);
  const turned = (): Tensor2D => tf.tensor2d(dequantizeTransposed(packed), [columns, rows]);
  const [inOut, outIn] = order === 'outIn' ? [turned, asStored] : [asStored, turned];
  const flags = activeEngine().transposeFlagsAreFree; // then the orientation that unpacks fast serves both products
  const times = (x: Tensor2D): Tensor2D =>
    flags && order === 'outIn' ? product(x, asStored(), false, true) : product(x, inOut());
  const back = (dy: Tensor2D): Tensor2D =>
    flags && order === 'inOut' ? product(dy, asStored(), false, true) : product(dy, outIn());
  return {
    shape: order === 'outIn' ? [columns, rows] : [rows, columns],
    bytes: packed.bytes,
    times: scoped(times),
    back: scoped(back),
    use: (f) => scoped(() => f(inOut()))(),
    dispose: () => {},
  };
}
