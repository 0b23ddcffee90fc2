/**
 * x' = value[code] · absmax of the block: a table has the values of the two codes of each byte side by side. Sixteen numbers a turn, so
 * a block has a multiple of that.
 */
import { type Code, type WasmFunction, wasmFunction } from './assembler.ts';
import { eachBlock } from './eachBlock.ts';
import { advance, f32x4, i32, v128 } from './instructions.ts';

/** Parameters are addresses, but for `bytesABlock`, the bytes of a block's codes. */
export const dequantize4: WasmFunction = wasmFunction(
  {
    parameters: ['codes', 'end', 'bytesABlock', 'absmax', 'pairs', 'to'],
    integers: ['blockEnd'],
    vectors: ['scale'],
  },
  ({ codes, end, bytesABlock, absmax, pairs, to, blockEnd, scale }) => {
    const pairOf = (byte: number): Code => i32.add(pairs.value, i32.shl(i32.load8_u(codes.value, byte), i32.const(3)));
    const four = (byte: number): Code => v128.load64_lane(pairOf(byte + 1), v128.load64_zero(pairOf(byte)), 1);
    const scaled = [0, 2, 4, 6].map((byte) => v128.store(to.value, f32x4.mul(four(byte), scale.value), 8 * byte));
    return eachBlock({
      from: codes,
      end,
      bytesABlock,
      blockEnd,
      before: scale.set(v128.load32_splat(absmax.value)),
      piece: [scaled, advance(codes, 8), advance(to, 64)],
      after: advance(absmax, 4),
    });
  },
);
