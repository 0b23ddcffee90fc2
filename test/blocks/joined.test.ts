/** Blocks made of blocks: side by side, one for each of several tensors, head by head. */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { activate } from '../../src/blocks/activate.ts';
import { tanh } from '../../src/blocks/activations/tanh.ts';
import { chain } from '../../src/blocks/chain.ts';
import { each } from '../../src/blocks/each.ts';
import { frozenMap, withBias } from '../../src/blocks/linearMap.ts';
import { perHead } from '../../src/blocks/perHead.ts';
import { rmsNorm } from '../../src/blocks/rmsNorm.ts';
import { sum } from '../../src/blocks/sum.ts';
import { describeBlock, lane } from './blockContract.ts';
import { kernelOf, vectorOf } from './parts.ts';

const rows = 6;
const width = 4;

for (const [what, trains] of [
  ['both frozen', false],
  ['one trains', true],
] as const)
  describeBlock(`sum of two ways, ${what}`, {
    inputs: [[rows, width]],
    ...(trains && { trained: { bias: [3] } }),
    make: (parts) =>
      sum(
        chain([
          frozenMap(kernelOf(parts, 'a', [width, 3]), trains ? vectorOf(parts, 'bias', 3, true) : null),
          activate(tanh),
        ]),
        frozenMap(kernelOf(parts, 'b', [width, 3]), null),
      ),
    plain([x], { bias }, frozen) {
      const [a, b] = ['a', 'b'].map((name) => tf.tensor2d(frozen(name, width * 3), [width, 3]));
      const first = tf.matMul(x!, a!);
      return tf.add(tf.tanh(bias ? tf.add(first, lane(bias, 0)) : first), tf.matMul(x!, b!));
    },
  });

const normed = (x: Tensor, gain: Tensor): Tensor =>
  tf.mul(tf.div(x, tf.sqrt(tf.add(tf.mean(tf.square(x), -1, true), 0.1))), gain);

/** [rows, heads · width], each head by itself. */
const byHead = (x: Tensor, heads: number, f: (part: Tensor) => Tensor): Tensor =>
  tf.concat(
    tf.split(x, heads, 1).map((part) => f(part)),
    1,
  );

describeBlock('a norm head by head', {
  inputs: [[rows, 3 * width]],
  trained: { gain: [width] },
  make: (parts) => perHead(rmsNorm(vectorOf(parts, 'gain', width, true), 0.1), 3),
  plain: ([x], { gain }) => byHead(x!, 3, (part) => normed(part, lane(gain!, 0))),
});

describeBlock('a block for each of three, one of them as it is', {
  inputs: [
    [rows, 2 * width],
    [rows, width],
    [rows, 3],
  ],
  trained: { gain: [width] },
  make: (parts) =>
    each([
      perHead(rmsNorm(vectorOf(parts, 'gain', width, true), 0.1), 2),
      rmsNorm(vectorOf(parts, 'other', width, false), 0.1),
      null,
    ]),
  plain: ([a, b, c], { gain }, frozen) => [
    byHead(a!, 2, (part) => normed(part, lane(gain!, 0))),
    normed(b!, tf.tensor1d(frozen('other', width))),
    tf.mul(1, c!),
  ],
});

describeBlock('a map and a bias that trains', {
  inputs: [[rows, width]],
  trained: { bias: [3] },
  make: (parts) => withBias(frozenMap(kernelOf(parts, 'kernel', [width, 3]), null), vectorOf(parts, 'bias', 3, true)),
  plain: ([x], { bias }, frozen) =>
    tf.add(tf.matMul(x!, tf.tensor2d(frozen('kernel', width * 3), [width, 3])), lane(bias!, 0)),
});
