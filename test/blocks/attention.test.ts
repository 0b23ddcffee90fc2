import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { attention, type AttentionShape } from '../../src/blocks/attention.ts';
import { block } from '../../src/blocks/block.ts';
import { rotary, rotaryFrequencies } from '../../src/blocks/rotary.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { describeBlock, drawn } from './blockContract.ts';

const sequences = 2;
const length = 5;
const headWidth = 4;
const rows = sequences * length;

/** x cos a + rotated x sin a, pair by pair: feature i turns with feature i + width/2. */
function turned(x: Tensor, frequencies: readonly number[]): Tensor {
  const half = frequencies.length;
  const positions = Array.from({ length: x.shape[0] }, (_, position) => position);
  const angles = tf.tensor2d(positions.map((position) => frequencies.map((f) => position * f)));
  const [first, second] = [tf.slice(x, [0, 0], [-1, half]), tf.slice(x, [0, half], [-1, half])];
  const [cos, sin] = [tf.cos(angles), tf.sin(angles)];
  return tf.concat(
    [tf.sub(tf.mul(first, cos), tf.mul(second, sin)), tf.add(tf.mul(second, cos), tf.mul(first, sin))],
    1,
  );
}

/** One sequence and one head at a time, the mask as a choice of entries. */
function plainAttention(q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape): Tensor {
  const { heads, keyValueHeads, rotaryFrequencies: frequencies } = shape;
  const turn = (x: Tensor): Tensor => (frequencies ? turned(x, frequencies) : x);
  const piece = (x: Tensor, s: number, h: number): Tensor =>
    tf.slice(x, [s * length, h * headWidth], [length, headWidth]);
  const allowed = tf.tensor2d(Array.from({ length }, (_, i) => Array.from({ length }, (_, j) => (j <= i ? 1 : 0))));
  const sequence = (s: number): Tensor =>
    tf.concat(
      Array.from({ length: heads }, (_, h) => {
        const shared = Math.floor((h * keyValueHeads) / heads);
        const scores = tf.matMul(turn(piece(q, s, h)), tf.transpose(turn(piece(k, s, shared))));
        const e = tf.mul(tf.exp(tf.div(scores, Math.sqrt(headWidth))), allowed);
        return tf.matMul(tf.div(e, tf.sum(e, 1, true)), piece(v, s, shared));
      }),
      1,
    );
  return tf.concat(
    Array.from({ length: sequences }, (_, s) => sequence(s)),
    0,
  );
}

const frequencies = rotaryFrequencies(headWidth, 10000);
for (const [what, heads, keyValueHeads, rotaryFrequencies] of [
  ['rotary, a key for every head', 3, 3, frequencies],
  ['rotary, two heads share a key', 4, 2, frequencies],
  ['rotary, all heads share one key', 3, 1, frequencies],
  ['no rotary', 2, 2, null],
  ['no rotary, two heads share a key', 4, 2, null],
] as const) {
  const shape = { heads, keyValueHeads, headWidth, rotaryFrequencies };
  describeBlock(`attention, ${what}`, {
    sequences,
    length,
    inputs: [
      [rows, heads * headWidth],
      [rows, keyValueHeads * headWidth],
      [rows, keyValueHeads * headWidth],
    ],
    make: () => attention(shape),
    plain: ([q, k, v]) => plainAttention(q, k, v, shape),
  });
}

describeBlock('rotary, scaled', {
  sequences,
  length,
  inputs: [[rows, headWidth]],
  make: () =>
    block({
      trains: false,
      forward: (x: Tensor2D) => ({
        y: tf.reshape(rotary(frequencies, length, 0.5).forward(tf.reshape(x, [sequences, length, headWidth])), [
          rows,
          headWidth,
        ]) as Tensor2D,
        saved: null,
      }),
      backward: (dy, _saved, wantsInput) =>
        wantsInput
          ? tf.reshape(rotary(frequencies, length, 0.5).backward(tf.reshape(dy, [sequences, length, headWidth])), [
              rows,
              headWidth,
            ])
          : null,
    }),
  plain: ([x]) =>
    tf.concat(
      [0, 1].map((s) => tf.mul(0.5, turned(tf.slice(x, [s * length, 0], [length, headWidth]), frequencies))),
      0,
    ),
});

describe('rotary', () => {
  beforeAll(() => startEngine());

  test('frequencies fall from 1 by powers of theta', () => {
    expect(rotaryFrequencies(8, 10000)).toEqual([1, 0.1, 0.01, 0.001].map((f) => expect.closeTo(f, 12)));
  });

  test('a score depends on the distance of two positions alone', () => {
    const width = 8;
    const [q, k] = ['q', 'k'].map((name) => drawn(`distance/${name}`, width));
    const repeated = (x: Float32Array): Tensor => tf.tensor2d(Array.from({ length: 6 }, () => [...x]));
    const turn = rotary(rotaryFrequencies(width, 100), 6);
    const scores = tf.matMul(turn.forward(repeated(q)) as Tensor2D, turn.forward(repeated(k)) as Tensor2D, false, true);
    const s = scores.arraySync() as number[][];
    for (const distance of [0, 1, 3])
      for (let i = distance; i < 6; i++) expect(s[i][i - distance]).toBeCloseTo(s[distance][0], 4);
    expect(s[3][0]).not.toBeCloseTo(s[2][0], 2);
  });
});

describe('causality', () => {
  beforeAll(() => startEngine());

  test.each([
    [4, 4],
    [4, 2],
  ])('a later token changes no earlier output: %i heads, %i keys', (heads, keyValueHeads) => {
    const { forward } = attention({ heads, keyValueHeads, headWidth, rotaryFrequencies: frequencies });
    const widths = [heads, keyValueHeads, keyValueHeads].map((h) => h * headWidth);
    const inputs = widths.map((width, i) => drawn(`causal/${i}`, rows * width));
    const pass = { sequences, length, saves: false, wantsInput: false, mask: () => null };
    const outputs = (): number[][] => {
      const x = inputs.map((values, i) => tf.tensor2d(values, [rows, widths[i]]));
      const { y } = forward(x, pass);
      const values = y.arraySync();
      release(x, y);
      return values;
    };
    const before = outputs();
    const late = 3; // of the first sequence
    inputs.forEach((values, i) => values.fill(9, late * widths[i], (late + 1) * widths[i]));
    const after = outputs();
    const same = before.map((row, i) => row.every((value, j) => value === after[i][j]));
    expect(same).toEqual([true, true, true, false, false, true, true, true, true, true]);
  });
});

describe('the first query', () => {
  beforeAll(() => startEngine());

  test.each([
    [3, 3],
    [4, 2],
    [3, 1],
  ])(
    'sees one key, so that its score has no gradient, not even rounding: %i heads, %i keys',
    (heads, keyValueHeads) => {
      const { forward, backward } = attention({ heads, keyValueHeads, headWidth, rotaryFrequencies: frequencies });
      const widths = [heads, keyValueHeads, keyValueHeads].map((h) => h * headWidth);
      const x = widths.map((width, i) => tf.tensor2d(drawn(`first/${i}`, rows * width), [rows, width]));
      const { y, saved } = forward(x, { sequences, length, saves: true, wantsInput: true, mask: () => null });
      const dValues = drawn('first/dy', rows * widths[0]);
      const firsts = dValues.map((value, i) => (Math.floor(i / widths[0]) % length === 0 ? value : 0));
      const [dq, dk, dv] = backward(tf.tensor2d(firsts, [rows, widths[0]]), saved, true)!;
      expect(dq.dataSync().every((value) => value === 0)).toBe(true);
      expect(dk.dataSync().every((value) => value === 0)).toBe(true);
      expect(dv.dataSync().some((value) => value !== 0)).toBe(true);
      release(x, y, dq, dk, dv);
    },
  );
});
