/** max |x| over each block, four numbers a turn. Without their signs, float32 numbers have the order of their bits; a NaN is above all. */
import { type Code, type WasmFunction, wasmFunction } from './assembler.ts';
import { eachBlock } from './eachBlock.ts';
import { advance, i32, i32x4, i8x16, v128 } from './instructions.ts';

/** Parameters are addresses, but for `bytesABlock`, the bytes of a block's numbers. */
export const absmax: WasmFunction = wasmFunction(
  { parameters: ['x', 'end', 'bytesABlock', 'to'], integers: ['blockEnd'], vectors: ['largest'] },
  ({ x, end, bytesABlock, to, blockEnd, largest }) => {
    const atLeast = (other: Code): Code => largest.set(i32x4.max_s(largest.value, other));
    const magnitudes = v128.and(v128.load(x.value), i32x4.splat(i32.const(0x7fffffff)));
    const turned = (bytes: number): Code =>
      i8x16.shuffle(
        largest.value,
        largest.value,
        Array.from({ length: 16 }, (_, i) => (i + bytes) % 16),
      );
    return eachBlock({
      from: x,
      end,
      bytesABlock,
      blockEnd,
      before: largest.set(i32x4.splat(i32.const(0))),
      piece: [atLeast(magnitudes), advance(x, 16)],
      after: [
        [atLeast(turned(8)), atLeast(turned(4))],
        [v128.store32_lane(to.value, largest.value, 0), advance(to, 4)],
      ],
    });
  },
);
