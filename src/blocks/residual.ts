/** y = x + f(x).     dx = dy + f'(dy). */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { release } from '../tensor/engine.ts';
import type { Block } from './block.ts';

export function residual(f: Block): Block {
  return {
    trains: f.trains,
    forward(x, pass) {
      const { y: fx, saved } = f.forward(x, pass);
      const y = tf.add(x, fx) as Tensor2D;
      release(fx);
      return { y, saved };
    },
    backward(dy, saved, wantsInput) {
      const d = f.backward(dy, saved, wantsInput);
      if (!wantsInput) return null;
      if (!d) return tf.clone(dy);
      const dx = tf.add(dy, d) as Tensor2D;
      release(d);
      return dx;
    },
  };
}
