import tf from '@tensorflow/tfjs';
import { gate } from '../../src/blocks/gate.ts';
import { gelu } from '../../src/blocks/gelu.ts';
import { describeBlock } from './blockContract.ts';

describeBlock('gate (SwiGLU)', {
  inputs: [
    [4, 5],
    [4, 5],
  ],
  make: () => gate(),
  plain: ([g, u]) => tf.mul(tf.div(g, tf.add(1, tf.exp(tf.neg(g)))), u),
});

describeBlock('gelu', {
  inputs: [[6, 5]],
  make: () => gelu(),
  plain([x]) {
    const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x)))));
    const e = tf.exp(tf.mul(2, inner)); // tanh by its definition
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.div(tf.sub(e, 1), tf.add(e, 1))));
  },
});
