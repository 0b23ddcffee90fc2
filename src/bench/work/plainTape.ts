/**
 * The LoRA step as one would write it first: ops, the engine's own tape over all of them, AdamW variable by variable. What our blocks
 * are measured against; nothing here is clever, and nothing else uses it.
 */
import tf, { type Tensor, type Tensor1D, type Tensor2D, type Tensor4D, type Variable } from '@tensorflow/tfjs';
import { stream } from '../../tensor/random.ts';
import type { Shape } from '../shape.ts';
import { randomTokens } from './randomModel.ts';
import type { Stepper } from './work.ts';

const rank = 8;
const scale = 2;
const [rate, beta1, beta2, epsilon] = [1e-4, 0.9, 0.999, 1e-8];

interface Layer {
  readonly [name: string]: Tensor2D;
}

export function plainTape(shape: Shape): Stepper {
  const { hidden, layers, heads, feedForward, vocabulary, batch, sequence } = shape;
  const width = hidden / heads;
  const random = stream(0, 'plain');
  const drawn = (rows: number, columns: number): Tensor2D =>
    tf.tensor2d(random.fillNormal(new Float32Array(rows * columns), 0.02), [rows, columns]);

  const table = drawn(vocabulary, hidden);
  const head = drawn(hidden, vocabulary);
  const frozen = Array.from({ length: layers }, (): Layer => {
    const [q, k, v, o] = Array.from({ length: 4 }, () => drawn(hidden, hidden));
    const [gate, up, down] = [drawn(hidden, feedForward), drawn(hidden, feedForward), drawn(feedForward, hidden)];
    return { q, k, v, o, gate, up, down } as Layer;
  });
  const trained = frozen.map(() =>
    [0, 1].flatMap(() => [tf.variable(drawn(hidden, rank)), tf.variable(tf.zeros([rank, hidden]) as Tensor2D)]),
  ) as Variable[][];
  const gain = tf.ones([hidden]) as Tensor1D;
  const { cosines, sines, mask } = tables(sequence, width);
  const tokens = randomTokens(vocabulary, batch * (sequence + 1));
  const at = (shift: number): Int32Array =>
    Int32Array.from(
      { length: batch * sequence },
      (_, i) => tokens[Math.floor(i / sequence) * (sequence + 1) + (i % sequence) + shift]!,
    );
  const [ids, next] = [tf.tensor1d(at(0), 'int32'), tf.tensor1d(at(1), 'int32')];

  const norm = (x: Tensor2D): Tensor2D =>
    tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-5))), gain);
  const lora = (x: Tensor2D, kernel: Tensor2D, down: Tensor, up: Tensor): Tensor2D =>
    tf.add(tf.matMul(x, kernel), tf.mul(tf.matMul(tf.matMul(x, down as Tensor2D), up as Tensor2D), scale));
  const perHead = (x: Tensor2D): Tensor4D => tf.transpose(tf.reshape(x, [batch, sequence, heads, width]), [0, 2, 1, 3]);
  const turned = (x: Tensor4D): Tensor4D => {
    const [low, high] = tf.split(x, 2, -1);
    return tf.add(tf.mul(x, cosines), tf.mul(tf.concat([tf.neg(high!), low!], -1), sines));
  };

  function layer(x: Tensor2D, { q, k, v, o, gate, up, down }: Layer, [qDown, qUp, vDown, vUp]: Variable[]): Tensor2D {
    const n = norm(x);
    const queries = turned(perHead(lora(n, q!, qDown!, qUp!)));
    const keys = turned(perHead(tf.matMul(n, k!)));
    const scores = tf.add(tf.mul(tf.matMul(queries, keys, false, true), 1 / Math.sqrt(width)), mask);
    const mixed = tf.matMul(tf.softmax(scores), perHead(lora(n, v!, vDown!, vUp!)));
    const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch * sequence, hidden]);
    const attended: Tensor2D = tf.add(x, tf.matMul(joined as Tensor2D, o!));
    const m = norm(attended);
    const g = tf.matMul(m, gate!);
    return tf.add(attended, tf.matMul(tf.mul(tf.mul(g, tf.sigmoid(g)), tf.matMul(m, up!)), down!));
  }
  const loss = (): Tensor => {
    const x = frozen.reduce((before, kernels, i) => layer(before, kernels, trained[i]!), tf.gather(table, ids));
    const logits = tf.matMul(norm(x), head);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(next, vocabulary), tf.logSoftmax(logits)), -1)));
  };

  const variables = trained.flat();
  const update = adamw(variables);
  return {
    step: () =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(loss as () => tf.Scalar, variables);
        update(grads);
        return value.dataSync()[0]!;
      }),
    end: () => tf.disposeVariables(),
  };
}

function adamw(variables: readonly Variable[]): (gradients: { readonly [name: string]: Tensor }) => void {
  const zeros = (): Variable[] => variables.map((variable) => tf.variable(tf.zerosLike(variable), false));
  const [means, squares] = [zeros(), zeros()];
  let step = 0;
  return (gradients) => {
    step++;
    variables.forEach((variable, i) => {
      const gradient = gradients[variable.name]!;
      const mean = tf.add(tf.mul(means[i]!, beta1), tf.mul(gradient, 1 - beta1));
      const square = tf.add(tf.mul(squares[i]!, beta2), tf.mul(tf.square(gradient), 1 - beta2));
      means[i]!.assign(mean);
      squares[i]!.assign(square);
      const root = tf.add(tf.sqrt(tf.mul(square, 1 / (1 - beta2 ** step))), epsilon);
      variable.assign(tf.sub(variable, tf.div(tf.mul(mean, rate / (1 - beta1 ** step)), root)));
    });
  };
}

/** Cosines and sines [sequence, width] of the rotary angles, and 0 or −1e9 [sequence, sequence]. */
function tables(sequence: number, width: number): { cosines: Tensor; sines: Tensor; mask: Tensor } {
  const filled = (columns: number, f: (row: number, column: number) => number): Tensor =>
    tf.tensor2d(
      Float32Array.from({ length: sequence * columns }, (_, i) => f(Math.floor(i / columns), i % columns)),
      [sequence, columns],
    );
  const angle = (row: number, column: number): number => row / 10000 ** ((2 * (column % (width / 2))) / width);
  return {
    cosines: filled(width, (row, column) => Math.cos(angle(row, column))),
    sines: filled(width, (row, column) => Math.sin(angle(row, column))),
    mask: filled(sequence, (row, column) => (column <= row ? 0 : -1e9)),
  };
}
