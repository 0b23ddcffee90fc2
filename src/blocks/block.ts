/**
 * A network is a chain of blocks, each with its reverse pass written out. The one rule of ownership: forward and backward borrow
 * what they are given, and what they return belongs to the caller. What forward saves belongs to the block, and backward frees it.
 */
import type { Tensor2D } from '@tensorflow/tfjs';
import { release, scoped } from '../tensor/engine.ts';
import type { Saved, Step } from '../tensor/step.ts';
import type { KeyValueCache } from './keyValueCache.ts';
import type { Padding } from './visibility.ts';

/** One way through the network. */
export interface Pass {
  /** Rows of a batch, over all lanes. */
  readonly sequences: number;
  /** Positions in each; activations have sequences · length rows. */
  readonly length: number;
  /** Where the sequences are padded; null: nowhere. */
  readonly padding: Padding | null;
  /** The positions before these, where a text is continued; null: these are all. A pass with a cache saves nothing. */
  readonly cache: KeyValueCache | null;
  /** Whether this forward pass will be followed by a backward pass through the block that is given it. */
  readonly saves: boolean;
  /** Whether something below that block trains, so that its backward pass will be asked for the gradient of its input. */
  readonly wantsInput: boolean;
  /** The dropout mask of a site, 0 or 1/(1 − p) per number [rows, features]; null where dropout is off. */
  readonly mask: (site: string, rows: number, features: number, p: number) => Tensor2D | null;
}

export interface Block<X = Tensor2D, Y = Tensor2D> {
  /** Something in it trains. */
  readonly trains: boolean;
  forward(x: X, pass: Pass): Step<Y>;
  /** Leaves gradients at the parameters; the gradient of x, or null where it is not wanted. */
  backward(dy: Y, saved: Saved, wantsInput: boolean): X | null;
}

/** Makes a block of two formulas: temporaries are freed, and so is what was saved, when nobody will come back for it. */
export function block<X, Y, S extends Saved>(formulas: {
  trains: boolean;
  forward(x: X, pass: Pass): { y: Y; saved: S };
  backward(dy: Y, saved: S, wantsInput: boolean): X | null;
}): Block<X, Y> {
  return {
    trains: formulas.trains,
    forward: scoped((x: X, pass: Pass): Step<Y> => {
      const { y, saved } = formulas.forward(x, pass);
      return { y, saved: pass.saves ? saved : null };
    }),
    backward(dy, saved, wantsInput) {
      const dx = scoped(() => formulas.backward(dy, saved as S, wantsInput))();
      release(saved);
      return dx;
    },
  };
}

/** Two writings of one block, of which `first` is taken for a pass that it can do. */
export function either<X, Y>(canDo: (pass: Pass) => boolean, first: Block<X, Y>, second: Block<X, Y>): Block<X, Y> {
  return {
    trains: first.trains,
    forward(x, pass) {
      const done = canDo(pass);
      const { y, saved } = (done ? first : second).forward(x, pass);
      return { y, saved: { first: Number(done), saved } };
    },
    backward(dy, saved, wantsInput) {
      const { first: done, saved: own } = saved as { first: number; saved: Saved };
      return (done ? first : second).backward(dy, own, wantsInput);
    },
  };
}
