import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { attention, type AttentionShape } from '../../src/blocks/attention.ts';
import { block } from '../../src/blocks/block.ts';
import { rotary } from '../../src/blocks/rotary.ts';
import { type Rope, rotaryFrequencies } from '../../src/blocks/rotaryFrequencies.ts';
import { paddingOf } from '../../src/blocks/visibility.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { describeBlock, drawn } from './blockContract.ts';

const sequences = 2;
const length = 5;
const headWidth = 4;
const rows = sequences * length;

const rope = (changes: Partial<Rope> = {}): Rope => ({
  theta: 10000,
  width: headWidth,
  pairing: 'half',
  scaling: { type: 'default' },
  ...changes,
});

/** Pair by pair, x₁ cos a − x₂ sin a and x₂ cos a + x₁ sin a; the features of no pair as they are. */
function turned(x: Tensor, { width, pairing, theta }: Rope): Tensor {
  const frequencies = rotaryFrequencies(width, theta);
  const positions = Array.from({ length: x.shape[0] }, (_, position) => position);
  const columns = tf.split(x, x.shape[1]!, 1);
  const result = [...columns];
  frequencies.forEach((f, i) => {
    const [a, b] = pairing === 'half' ? [i, i + width / 2] : [2 * i, 2 * i + 1];
    const angles = tf.tensor2d(positions.map((position) => [position * f]));
    result[a] = tf.sub(tf.mul(columns[a]!, tf.cos(angles)), tf.mul(columns[b]!, tf.sin(angles)));
    result[b] = tf.add(tf.mul(columns[b]!, tf.cos(angles)), tf.mul(columns[a]!, tf.sin(angles)));
  });
  return tf.concat(result, 1);
}

type Sees = (sequence: number, query: number, key: number) => boolean;

/** One sequence and one head at a time, the mask as a choice of entries. A query that sees nothing weighs all alike. */
function plainAttention(q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape, sees: Sees): Tensor {
  const { heads, keyValueHeads, rope: given, scale } = shape;
  const turn = (x: Tensor): Tensor => (given ? turned(x, given) : x);
  const piece = (x: Tensor, s: number, h: number): Tensor =>
    tf.slice(x, [s * length, h * headWidth], [length, headWidth]);
  const each = Array.from({ length }, (_, i) => i);
  const sequence = (s: number): Tensor => {
    const seen = each.map((i) => each.map((j) => Number(sees(s, i, j))));
    const blind = seen.map((row) => !row.includes(1));
    const allowed = tf.tensor2d(seen.map((row, i) => (blind[i] ? row.map(() => 1) : row)));
    const counts = tf.tensor2d(blind.map((is) => [Number(!is)]));
    return tf.concat(
      Array.from({ length: heads }, (_, h) => {
        const shared = Math.floor((h * keyValueHeads) / heads);
        const scores = tf.matMul(turn(piece(q, s, h)), tf.transpose(turn(piece(k, s, shared))));
        const e = tf.mul(tf.exp(tf.mul(tf.mul(scores, scale), counts)), allowed);
        return tf.matMul(tf.div(e, tf.sum(e, 1, true)), piece(v, s, shared));
      }),
      1,
    );
  };
  return tf.concat(
    Array.from({ length: sequences }, (_, s) => sequence(s)),
    0,
  );
}

const causal = { causal: true, window: null, scale: 1 / Math.sqrt(headWidth), headWidth, rope: rope() };
const shapeOf = (heads: number, keyValueHeads: number, changes: Partial<AttentionShape> = {}): AttentionShape => ({
  ...causal,
  heads,
  keyValueHeads,
  ...changes,
});
const before: Sees = (_, query, key) => key <= query;
const all: Sees = () => true;

for (const [what, shape, sees] of [
  ['rotary, a key for every head', shapeOf(3, 3), before],
  ['rotary, two heads share a key', shapeOf(4, 2), before],
  ['rotary, all heads share one key', shapeOf(3, 1), before],
  ['rotary on a share of the head', shapeOf(2, 2, { rope: rope({ width: 2, theta: 50 }) }), before],
  ['rotary in adjacent pairs', shapeOf(2, 2, { rope: rope({ pairing: 'adjacent', theta: 50 }) }), before],
  ['no rotary', shapeOf(2, 2, { rope: null }), before],
  ['no rotary, two heads share a key', shapeOf(4, 2, { rope: null }), before],
  ['another scale', shapeOf(2, 2, { scale: 0.2 }), before],
  ['a window of three', shapeOf(4, 2, { window: 3 }), (_, i, j) => j <= i && i - j < 3],
  ['a window of one', shapeOf(2, 2, { window: 1 }), (_, i, j) => i === j],
  ['both directions', shapeOf(2, 2, { causal: false, rope: null }), all],
  ['both directions, two heads share a key', shapeOf(4, 2, { causal: false }), all],
] as const satisfies readonly (readonly [string, AttentionShape, Sees])[])
  describeAttention(what, shape, sees);

const masks: { readonly [where: string]: readonly number[][] } = {
  right: [
    [1, 1, 1, 1, 1],
    [1, 1, 1, 0, 0],
  ],
  left: [
    [0, 0, 1, 1, 1],
    [0, 0, 0, 0, 1],
  ],
};
for (const [where, mask] of Object.entries(masks)) {
  const shown =
    (sees: Sees): Sees =>
    (s, query, key) =>
      mask[s]![key] === 1 && sees(s, query, key);
  describeAttention(`padded on the ${where}`, shapeOf(2, 2), shown(before), mask.flat());
  describeAttention(`padded on the ${where}, two heads share a key`, shapeOf(4, 2), shown(before), mask.flat());
  const near: Sees = (_, i, j) => j <= i && i - j < 2;
  describeAttention(`padded on the ${where}, a window of two`, shapeOf(2, 1, { window: 2 }), shown(near), mask.flat());
  const both = shapeOf(4, 2, { causal: false, rope: null });
  describeAttention(`padded on the ${where}, both directions`, both, shown(all), mask.flat());
}

function describeAttention(what: string, shape: AttentionShape, sees: Sees, mask?: number[]): void {
  const { heads, keyValueHeads } = shape;
  describeBlock(`attention, ${what}`, {
    sequences,
    length,
    ...(mask && { padding: () => paddingOf(mask) }),
    inputs: [
      [rows, heads * headWidth],
      [rows, keyValueHeads * headWidth],
      [rows, keyValueHeads * headWidth],
    ],
    make: () => attention(shape),
    plain: ([q, k, v]) => plainAttention(q!, k!, v!, shape, sees),
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
        y: tf.reshape(rotary(rope(), headWidth, length, 0.5).forward(tf.reshape(x, [sequences, length, headWidth])), [
          rows,
          headWidth,
        ]) as Tensor2D,
        saved: null,
      }),
      backward: (dy, _saved, wantsInput) =>
        wantsInput
          ? tf.reshape(
              rotary(rope(), headWidth, length, 0.5).backward(tf.reshape(dy, [sequences, length, headWidth])),
              [rows, headWidth],
            )
          : null,
    }),
  plain: ([x]) =>
    tf.concat(
      [0, 1].map((s) => tf.mul(0.5, turned(tf.slice(x, [s * length, 0], [length, headWidth]), rope()))),
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
    const turn = rotary(rope({ width, theta: 100 }), width, 6);
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
    const { forward } = attention(shapeOf(heads, keyValueHeads));
    const widths = [heads, keyValueHeads, keyValueHeads].map((h) => h * headWidth);
    const inputs = widths.map((width, i) => drawn(`causal/${i}`, rows * width));
    const pass = { sequences, length, padding: null, saves: false, wantsInput: false, cache: null, mask: () => null };
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
      const { forward, backward } = attention(shapeOf(heads, keyValueHeads));
      const widths = [heads, keyValueHeads, keyValueHeads].map((h) => h * headWidth);
      const x = widths.map((width, i) => tf.tensor2d(drawn(`first/${i}`, rows * width), [rows, width]));
      const { y, saved } = forward(x, {
        sequences,
        length,
        padding: null,
        saves: true,
        wantsInput: true,
        cache: null,
        mask: () => null,
      });
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

describe('a query of a padded sequence that sees one token', () => {
  beforeAll(() => startEngine());

  test.each([
    ['on the left, the first of its tokens', shapeOf(4, 2), [0, 0, 1, 1, 1], [2]],
    ['on the right, the first', shapeOf(3, 3), [1, 1, 0, 0, 0], [0]],
    [
      'but one, in both directions: all of them',
      shapeOf(2, 2, { causal: false, rope: null }),
      [0, 0, 1, 0, 0],
      [0, 1, 2, 3, 4],
    ],
    ['and with a window of one: all of them', shapeOf(2, 1, { window: 1 }), [1, 1, 1, 1, 1], [0, 1, 2, 3, 4]],
  ] as const)('padded %s has no gradient of its score', (_what, shape, mask, alone) => {
    const { forward, backward } = attention(shape);
    const widths = [shape.heads, shape.keyValueHeads, shape.keyValueHeads].map((h) => h * headWidth);
    const x = widths.map((width, i) => tf.tensor2d(drawn(`alone/${i}`, rows * width), [rows, width]));
    const padding = paddingOf([...mask, ...mask]);
    const { y, saved } = forward(x, {
      sequences,
      length,
      padding,
      saves: true,
      wantsInput: true,
      cache: null,
      mask: () => null,
    });
    const isAlone = (i: number): boolean => (alone as readonly number[]).includes(Math.floor(i / widths[0]!) % length);
    const dValues = drawn('alone/dy', rows * widths[0]!).map((value, i) => (isAlone(i) ? value : 0));
    const [dq, dk, dv] = backward(tf.tensor2d(dValues, [rows, widths[0]!]), saved, true)!;
    expect(dq!.dataSync().every((value) => value === 0)).toBe(true);
    expect(dk!.dataSync().every((value) => value === 0)).toBe(true);
    expect(dv!.dataSync().some((value) => value !== 0)).toBe(true);
    release(x, y, dq, dk, dv, padding);
  });
});
