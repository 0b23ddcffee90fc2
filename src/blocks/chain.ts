/**
 * Blocks in a row. Frees what passes between them. Nothing is saved, and no gradient computed, below the lowest block that
 * trains.
 */
import { release } from '../tensor/engine.ts';
import type { Saved } from '../tensor/step.ts';
import type { Block } from './block.ts';

// Neighbours agree on what passes between them; the list as a whole has no one type.
// oxlint-disable-next-line no-explicit-any
export type AnyBlock = Block<any, any>;

export function chain<X, Y>(blocks: readonly AnyBlock[]): Block<X, Y> {
  const lowest = blocks.findIndex((b) => b.trains);
  return {
    trains: lowest >= 0,
    forward(x, pass) {
      const saves = (i: number): boolean => pass.saves && (pass.wantsInput || (lowest >= 0 && i >= lowest));
      let y: unknown = x;
      const saved = blocks.map((b, i) => {
        const input = y;
        const step = b.forward(input, { ...pass, saves: saves(i), wantsInput: pass.wantsInput || i > lowest });
        if (input !== x) release(input);
        y = step.y;
        return step.saved;
      });
      return { y: y as Y, saved };
    },
    backward(dy, saved, wantsInput) {
      let d: unknown = dy;
      for (let i = blocks.length - 1; i >= (wantsInput ? 0 : Math.max(lowest, 0)); i--) {
        const next = blocks[i].backward(d, (saved as Saved[])[i], wantsInput || i > lowest);
        if (d !== dy) release(d);
        d = next;
      }
      return d as X | null;
    },
  };
}
