/**
 * x' = value[code] · scale of the block · share: a table has the value of each byte. Four numbers a turn, so a block has a multiple of
 * that.
 */
import { type Code, type WasmFunction, wasmFunction } from './assembler.ts';
import { eachBlock } from './eachBlock.ts';
import { advance, f32x4, i32, v128 } from './instructions.ts';

/** Parameters are addresses, but for `bytesABlock`, the bytes of a block's codes. */
export const dequantize8: WasmFunction = wasmFunction(
  {
    parameters: ['codes', 'end', 'bytesABlock', 'scales', 'share', 'values', 'to'],
    integers: ['blockEnd'],
    vectors: ['scale', 'last'],
  },
  ({ codes, end, bytesABlock, scales, share, values, to, blockEnd, scale, last }) => {
    const valueOf = (byte: number): Code =>
      i32.add(values.value, i32.shl(i32.load8_u(codes.value, byte), i32.const(2)));
    const four = [1, 2, 3].reduce<Code>(
      (vector, byte) => v128.load32_lane(valueOf(byte), vector, byte),
      v128.load32_zero(valueOf(0)),
    );
    return eachBlock({
      from: codes,
      end,
      bytesABlock,
      blockEnd,
      before: [scale.set(v128.load32_splat(scales.value)), last.set(v128.load32_splat(share.value))],
      piece: [
        v128.store(to.value, f32x4.mul(f32x4.mul(four, scale.value), last.value)),
        [advance(codes, 4), advance(to, 16)],
      ],
      after: advance(scales, 4),
    });
  },
);
