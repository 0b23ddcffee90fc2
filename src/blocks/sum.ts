/** Two ways at once (GPT-J's parallel residual):   y = f(x) + g(x).     dx = f′(dy) + g′(dy). */
import { release } from '../tensor/engine.ts';
import { sumOf } from '../tensor/sum.ts';
import type { Saved } from '../tensor/step.ts';
import type { Block } from './block.ts';

export function sum(f: Block, g: Block): Block {
  return {
    trains: f.trains || g.trains,
    forward(x, pass) {
      const [a, b] = [f, g].map((one) =>
        one.forward(x, { ...pass, saves: pass.saves && (one.trains || pass.wantsInput) }),
      );
      const y = sumOf([a!.y, b!.y]);
      release(a!.y, b!.y);
      return { y, saved: [a!.saved, b!.saved] };
    },
    backward(dy, saved, wantsInput) {
      const parts = [f, g].flatMap((one, i) => {
        if (!one.trains && !wantsInput) return [];
        const dx = one.backward(dy, (saved as Saved[])[i]!, wantsInput);
        return dx ? [dx] : [];
      });
      if (!wantsInput) return null;
      const dx = sumOf(parts);
      release(parts);
      return dx;
    },
  };
}
