import tf, { type Tensor } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { activate } from '../../src/blocks/activate.ts';
import { activations, type ActivationName } from '../../src/blocks/activations/index.ts';
import { gate } from '../../src/blocks/gate.ts';
import { describeBlock } from './blockContract.ts';

const inverse = (x: Tensor): Tensor => tf.div(1, x);
const sigmoid = (x: Tensor): Tensor => inverse(tf.add(1, tf.exp(tf.neg(x))));
/** By its definition. */
const tanh = (x: Tensor): Tensor => {
  const e = tf.exp(tf.mul(2, x));
  return tf.div(tf.sub(e, 1), tf.add(e, 1));
};
const times = (...factors: (Tensor | number)[]): Tensor => factors.reduce((a, b) => tf.mul(a, b)) as Tensor;
const geluTanh = (x: Tensor): Tensor => {
  const inner = times(Math.sqrt(2 / Math.PI), tf.add(x, times(0.044715, x, x, x)));
  return times(0.5, x, tf.add(1, tanh(inner)));
};
/** The normal distribution by its series about 0:   ½ + φ(0) Σ (−1)ⁿ x²ⁿ⁺¹ / (2ⁿ n! (2n + 1)). */
const normal = (x: Tensor): Tensor => {
  let power = 1 / Math.sqrt(2 * Math.PI);
  const terms = Array.from({ length: 40 }, (_, n) => {
    if (n > 0) power *= -1 / (2 * n);
    return times(power / (2 * n + 1), x, tf.pow(tf.mul(x, x), n));
  });
  return tf.add(0.5, tf.addN(terms));
};
const positive = (x: Tensor): Tensor => tf.div(tf.add(x, tf.abs(x)), 2);

const formulas: { readonly [name in ActivationName]?: (x: Tensor) => Tensor } = {
  gelu: (x) => tf.mul(x, normal(x)),
  gelu_new: geluTanh,
  leaky_relu: (x) => tf.add(times(0.99, positive(x)), tf.mul(0.01, x)),
  linear: (x) => tf.mul(1, x),
  mish: (x) => tf.mul(x, tanh(tf.log(tf.add(1, tf.exp(x))))),
  quick_gelu: (x) => tf.mul(x, sigmoid(tf.mul(1.702, x))),
  relu: positive,
  relu2: (x) => times(positive(x), positive(x)),
  sigmoid,
  silu: (x) => tf.mul(x, sigmoid(x)),
  tanh,
};

for (const [name, formula] of Object.entries(formulas)) {
  const f = activations[name as ActivationName];
  describeBlock(`activation ${name}`, { inputs: [[6, 5]], make: () => activate(f), plain: ([x]) => formula(x!) });
}

for (const name of ['silu', 'gelu'] as const)
  describeBlock(`gate by ${name}`, {
    inputs: [
      [4, 5],
      [4, 5],
    ],
    make: () => gate(activations[name]),
    plain: ([g, u]) => tf.mul(formulas[name]!(g!), u!),
  });

test("several names are one function, as in transformers' ACT2FN", () => {
  const { gelu, gelu_new: byTanh, silu } = activations;
  expect(activations.gelu_python).toBe(gelu);
  for (const name of ['gelu_accurate', 'gelu_fast', 'gelu_python_tanh', 'gelu_pytorch_tanh'] as const)
    expect(activations[name], name).toBe(byTanh);
  expect(activations.swish).toBe(silu);
});
