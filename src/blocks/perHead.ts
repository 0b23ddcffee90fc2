/** A block on the features of each head by themselves (query and key norms):   [rows, heads · width] as [rows · heads, width]. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { type Block, block } from './block.ts';

export function perHead(inner: Block, heads: number): Block {
  const apart = (x: Tensor2D): Tensor2D => tf.reshape(x, [x.shape[0] * heads, x.shape[1] / heads]);
  const together = (x: Tensor2D): Tensor2D => tf.reshape(x, [x.shape[0] / heads, x.shape[1] * heads]);
  return block({
    trains: inner.trains,
    forward(x: Tensor2D, pass) {
      const { y, saved } = inner.forward(apart(x), pass);
      return { y: together(y), saved };
    },
    backward(dy, saved, wantsInput) {
      const dx = inner.backward(apart(dy), saved, wantsInput);
      return dx && together(dx);
    },
  });
}
