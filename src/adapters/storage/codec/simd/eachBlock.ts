import type { Code, Local } from './assembler.ts';
import { i32, repeatWhile } from './instructions.ts';

export interface BlockLoop {
  /** Address of the data; it moves on with them. */
  readonly from: Local;
  /** Address after the last block, which is whole. */
  readonly end: Local;
  readonly bytesABlock: Local;
  /** A variable that is free. */
  readonly blockEnd: Local;
  /** Done before each block, */
  readonly before: Code;
  /** for each piece of it (which moves `from` on), */
  readonly piece: Code;
  /** and after each block. */
  readonly after: Code;
}

export const eachBlock = ({ from, end, bytesABlock, blockEnd, before, piece, after }: BlockLoop): Code =>
  repeatWhile(
    [
      blockEnd.set(i32.add(from.value, bytesABlock.value)),
      before,
      repeatWhile(piece, i32.lt_u(from.value, blockEnd.value)),
      after,
    ],
    i32.lt_u(from.value, end.value),
  );
