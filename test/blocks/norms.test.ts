import tf, { type Tensor } from '@tensorflow/tfjs';
import { layerNorm } from '../../src/blocks/layerNorm.ts';
import { rmsNorm } from '../../src/blocks/rmsNorm.ts';
import type { Vector } from '../../src/blocks/vector.ts';
import { byLane, describeBlock, lane, type Parts } from './blockContract.ts';
import { vectorOf } from './parts.ts';

const width = 6;
const rows = 8;

const gainOf = (parts: Parts, trains: boolean): Vector => vectorOf(parts, 'gain', width, trains);
const biasOf = (parts: Parts, trains: boolean): Vector => vectorOf(parts, 'bias', width, trains);

describeBlock('rmsNorm, gain frozen', {
  inputs: [[rows, width]],
  make: (parts) => rmsNorm(gainOf(parts, false), 1e-5),
  plain: ([x], _p, frozen) => rms(x, tf.tensor1d(frozen('gain', width))),
});

for (const lanes of [1, 2])
  describeBlock(`rmsNorm, gain trained, ${lanes} lanes`, {
    lanes,
    inputs: [[rows, width]],
    trained: { gain: [width] },
    make: (parts) => rmsNorm(gainOf(parts, true), 1e-5),
    plain: ([x], { gain }) => byLane(x, lanes, (part, l) => rms(part, lane(gain, l))),
  });

describeBlock('rmsNorm, an epsilon that matters', {
  inputs: [[rows, width]],
  make: (parts) => rmsNorm(gainOf(parts, false), 2),
  plain: ([x], _p, frozen) => rms(x, tf.tensor1d(frozen('gain', width)), 2),
});

function rms(x: Tensor, gain: Tensor, epsilon = 1e-5): Tensor {
  const meanSquare = tf.mean(tf.square(x), -1, true);
  return tf.mul(tf.div(x, tf.sqrt(tf.add(meanSquare, epsilon))), gain);
}

for (const [gain, bias] of [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])
  for (const lanes of gain || bias ? [1, 2] : [1])
    describeBlock(`layerNorm, gain ${said(gain)}, bias ${said(bias)}, ${lanes} lanes`, {
      lanes,
      inputs: [[rows, width]],
      trained: { ...(gain && { gain: [width] }), ...(bias && { bias: [width] }) },
      make: (parts) => layerNorm(gainOf(parts, gain), biasOf(parts, bias), 0.01),
      plain: ([x], p, frozen) =>
        byLane(x, lanes, (part, l) => {
          const { mean, variance } = tf.moments(part, -1, true);
          const normal = tf.div(tf.sub(part, mean), tf.sqrt(tf.add(variance, 0.01)));
          const [g, b] = (['gain', 'bias'] as const).map((name) =>
            p[name] ? lane(p[name], l) : tf.tensor1d(frozen(name, width)),
          );
          return tf.add(tf.mul(normal, g), b);
        }),
    });

function said(trains: boolean): string {
  return trains ? 'trained' : 'frozen';
}
