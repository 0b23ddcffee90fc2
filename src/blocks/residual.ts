/** y = x + f(x).     dx = dy + f'(dy). */
import tf from '@tensorflow/tfjs';
import { release } from '../tensor/engine.ts';
import { sumOf } from '../tensor/sum.ts';
import type { Block } from './block.ts';

export function residual(f: Block): Block {
  return {
    trains: f.trains,
    forward(x, pass) {
      const { y: fx, saved } = f.forward(x, pass);
      const y = sumOf([x, fx]);
      release(fx);
      return { y, saved };
    },
    backward(dy, saved, wantsInput) {
      const d = f.backward(dy, saved, wantsInput);
      if (!wantsInput) return null;
      if (!d) return tf.clone(dy);
      const dx = sumOf([dy, d]);
      release(d);
      return dx;
    },
  };
}
