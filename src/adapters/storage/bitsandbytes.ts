/**
 * Kernels from codes that bitsandbytes has made: taken over as they are, not quantized again. The numbers that come back are rounded to
 * the type that they had before, as there (dequantize_4bit): a bfloat16 model stays one.
 */
import { RequestError } from '../../errors.ts';
import type { Frozen } from '../../tensor/frozen.ts';
import type { Spec } from '../json.ts';
import { FP4, NF4 } from './codec/codes.ts';
import { NESTED_BLOCK } from './codec/doubleQuantization.ts';
import { DYNAMIC8 } from './codec/dynamicMap.ts';
import type { RoundedType } from './codec/halfPrecision.ts';
import { BLOCK_SIZES, type PackedMatrix } from './codec/packedMatrix.ts';
import { fromPacked } from './fourBit.ts';

/** A weight as its file describes it; lengths fit the shape (checkpoint/quantizedWeights.ts). */
export interface SavedCodes {
  readonly kind: string;
  readonly shape: readonly [outputs: number, inputs: number];
  readonly blockSize: number;
  readonly dtype: RoundedType;
  readonly codes: Uint8Array;
  readonly values: Float32Array;
  readonly scales:
    | Float32Array
    | {
        readonly codes: Uint8Array;
        readonly values: Float32Array;
        readonly absmax: Float32Array;
        readonly blockSize: number;
        readonly offset: number;
      };
}

const tables: Readonly<Record<'nf4' | 'fp4', Float32Array>> = { nf4: NF4.values, fp4: FP4.values };

/** The kernel, and how it is held. Throws RequestError for another table of values, and for blocks that bitsandbytes does not have. */
export function fromBitsandbytes(saved: SavedCodes): { readonly kernel: Frozen; readonly spec: Spec } {
  const packed = packedOf(saved);
  const { kind, blockSize } = packed;
  return {
    kernel: fromPacked(packed, saved.dtype),
    spec: { type: kind, blockSize, double: 'double' in packed },
  };
}

function packedOf({ kind, shape, blockSize, codes, values, scales }: SavedCodes): PackedMatrix {
  if (!isKind(kind)) throw new RequestError(`codes of ${kind} are not known, only those of nf4 and fp4`);
  if (!equal(values, tables[kind])) throw new RequestError(`its codes do not stand for the values of ${kind}`);
  if (!BLOCK_SIZES.includes(blockSize))
    throw new RequestError(`its blocks have ${blockSize} numbers; known are ${BLOCK_SIZES.join(', ')}`);
  const common = { kind, shape, blockSize, codes };
  if (scales instanceof Float32Array) return { ...common, absmax: scales, bytes: codes.byteLength + scales.byteLength };
  if (scales.blockSize !== NESTED_BLOCK || !equal(scales.values, DYNAMIC8.values))
    throw new RequestError(`its scales are not in blocks of ${NESTED_BLOCK} on the signed dynamic map`);
  const nested = { codes: scales.codes, nestedAbsmax: scales.absmax, offset: Math.fround(scales.offset) };
  const bytes = nested.codes.byteLength + nested.nestedAbsmax.byteLength + 4;
  return { ...common, double: { ...nested, bytes }, bytes: codes.byteLength + bytes };
}

const isKind = (kind: string): kind is keyof typeof tables => Object.hasOwn(tables, kind);

const equal = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
