/**
 * code = nearest(x · (1 / absmax of the block)), two a byte, the first in the high half: the rank of the nearest value is the number of
 * midpoints below. Sixteen numbers a turn, so a block has a multiple of that.
 */
import { type Code, type Local, type WasmFunction, wasmFunction } from './assembler.ts';
import { eachBlock } from './eachBlock.ts';
import { advance, f32x4, i16x8, i32, i32x4, i8x16, v128 } from './instructions.ts';

const MIDPOINTS = 15;

/** Parameters are addresses, but for `bytesABlock`, the bytes of a block's numbers. `ascending`: the code of each rank, 16 bytes. */
export const quantize4: WasmFunction = wasmFunction(
  {
    parameters: ['x', 'end', 'bytesABlock', 'inverses', 'midpoints', 'ascending', 'to'],
    integers: ['blockEnd'],
    vectors: ['inverse', 'midpoint', 'codes', 'x0', 'x1', 'x2', 'x3', 'rank0', 'rank1', 'rank2', 'rank3'],
  },
  ({ x, end, bytesABlock, inverses, midpoints, ascending, to, blockEnd, inverse, midpoint, codes, ...fours }) => {
    const scaled = [fours.x0, fours.x1, fours.x2, fours.x3];
    const ranks = [fours.rank0, fours.rank1, fours.rank2, fours.rank3];
    const scale = scaled.map((four, k) => four.set(f32x4.mul(v128.load(x.value, 16 * k), inverse.value)));
    const clear = ranks.map((rank) => rank.set(i32x4.splat(i32.const(0))));
    // A comparison that holds gives ones in all bits, which is the integer -1.
    const above = (four: Local, rank: Local): Code =>
      rank.set(i32x4.sub(rank.value, f32x4.gt(four.value, midpoint.value)));
    const count = Array.from({ length: MIDPOINTS }, (_, i) => [
      midpoint.set(v128.load32_splat(midpoints.value, 4 * i)),
      scaled.map((four, k) => above(four, ranks[k])),
    ]);
    const rankBytes = i8x16.narrow_i16x8_u(
      i16x8.narrow_i32x4_u(ranks[0].value, ranks[1].value),
      i16x8.narrow_i32x4_u(ranks[2].value, ranks[3].value),
    );
    const firstHigh = i16x8.shl(codes.value, i32.const(4));
    const secondLow = i16x8.shr_u(codes.value, i32.const(8));
    const bytes = v128.and(v128.or(firstHigh, secondLow), i16x8.splat(i32.const(255)));
    return eachBlock({
      from: x,
      end,
      bytesABlock,
      blockEnd,
      before: inverse.set(v128.load32_splat(inverses.value)),
      piece: [
        [scale, clear, count],
        codes.set(i8x16.swizzle(v128.load(ascending.value), rankBytes)),
        codes.set(bytes),
        v128.store64_lane(to.value, i8x16.narrow_i16x8_u(codes.value, codes.value), 0),
        [advance(x, 64), advance(to, 8)],
      ],
      after: advance(inverses, 4),
    });
  },
);
