/** Calls of every kernel, of any size. */
import type { AttentionCase } from './plainAttention.ts';
import { type Call, drawn, type Given, integers, other } from './given.ts';
import { lowRankNorms, type LowRankSizes } from './plain.ts';

const gainShape = (lanes: number, width: number): number[] => (lanes === 1 ? [width] : [lanes, 1, width]);

export function rmsNormCalls(rows: number, width: number, lanes: number): { forward: Call; backward: Call } {
  const [x, gain] = [drawn(rows, width), drawn(...gainShape(lanes, width))];
  const inverse = drawn(rows);
  return {
    forward: { name: 'RmsNorm', outputs: 2, inputs: [x, gain], numbers: { epsilon: 1e-6 } },
    backward: { name: 'RmsNormGradient', outputs: 1, inputs: [other(x), x, gain, inverse] },
  };
}

export function gateCalls(...shape: number[]): { forward: Call; backward: Call } {
  const g = drawn(...shape);
  return {
    forward: { name: 'Gate', outputs: 1, inputs: [g, other(g)] },
    backward: { name: 'GateGradient', outputs: 2, inputs: [other(g, 2), g, other(g)] },
  };
}

export function crossEntropyCall(rows: number, classes: number, lanes: number): Call {
  const targets = integers(Array.from({ length: rows }, (_, row) => (row * 7) % classes));
  return {
    name: 'CrossEntropy',
    outputs: 2,
    inputs: [drawn(rows, classes), targets, drawn(rows, 1)],
    integers: { lanes },
  };
}

const matrixShape = (lanes: number, ...shape: number[]): number[] => (lanes === 1 ? shape : [lanes, ...shape]);

export function lowRankCalls(sizes: LowRankSizes, wantsInput = true): { forward: Call; backward: Call } {
  const { rows, inputs, rank, outputs, lanes, scale } = sizes;
  const x = drawn(rows, inputs);
  const factors = [drawn(...matrixShape(lanes, inputs, rank)), drawn(...matrixShape(lanes, rank, outputs))];
  const integers = { wants_input: Number(wantsInput) };
  return {
    forward: { name: 'LowRank', outputs: 2, inputs: [x, ...factors], numbers: { scale } },
    backward: {
      name: 'LowRankGradient',
      outputs: 3,
      inputs: [other(drawn(rows, outputs)), x, drawn(rows, rank), ...factors],
      numbers: { scale },
      integers,
    },
  };
}

/** For a matrix W; `expected` is what it gives. */
export function lowRankNormsCall(sizes: Omit<LowRankSizes, 'rows'>): { call: Call; expected: Float64Array } {
  const { inputs, rank, outputs, lanes, scale } = sizes;
  const [down, up] = [drawn(...matrixShape(lanes, inputs, rank)), drawn(...matrixShape(lanes, rank, outputs))];
  const w = other(drawn(inputs, outputs)).values;
  const { norms, times, squares } = lowRankNorms(w, down.values, up.values, sizes);
  const given: Given[] = [
    { values: Float32Array.from(squares), shape: [outputs] },
    { values: Float32Array.from(times), shape: [lanes * rank, outputs] },
  ];
  return {
    call: { name: 'LowRankNorms', outputs: 1, inputs: [...given, down, up], numbers: { scale } },
    expected: norms,
  };
}

export function scaleCalls(rows: number, columns: number, lanes: number): { forward: Call; backward: Call } {
  const [x, v] = [drawn(rows, columns), drawn(...gainShape(lanes, columns))];
  return {
    forward: { name: 'Scale', outputs: 1, inputs: [x, v] },
    backward: { name: 'ScaleGradient', outputs: 2, inputs: [other(x), x, v] },
  };
}

export function sumCall(terms: number, ...shape: number[]): Call {
  const inputs = Array.from({ length: terms }, (_, term) => other(drawn(...shape), term));
  return { name: 'Sum', outputs: 1, inputs, integers: { N: terms } };
}

/** `turned`: B lies as [columns, inner]. */
export function productCall(rows: number, inner: number, columns: number, turned = 0): Call {
  const a = drawn(rows, inner);
  const b = other(drawn(...(turned ? [columns, inner] : [inner, columns])));
  return { name: 'MatrixProduct', outputs: 1, inputs: [a, b], integers: { turn_b: turned } };
}

/** β₁, 1 − β₁, β₂, 1 − β₂, both corrections, ε. */
export const adamwNumbers: Given = { values: Float32Array.of(0.9, 0.1, 0.99, 0.01, 1.5, 2.5, 1e-6), shape: [7] };

export function adamwCall(lanes: number, count: number, rate: number[], keep: number[]): Call {
  const values = drawn(lanes, count);
  const square: Given = { ...values, values: Float32Array.from(values.values, (value) => value ** 2) };
  const moments = [other(values, 1), other(values, 2), square];
  return { name: 'Adamw', outputs: 3, inputs: [values, ...moments, adamwNumbers, drawn(...rate), drawn(...keep)] };
}

export function attentionCalls(given: AttentionCase): { forward: Call; backward: Call } {
  const { sequences, length, heads, keyHeads, width, causal, window, pairing, turning, scale } = given;
  const rows = sequences * length;
  const q = drawn(rows, heads * width);
  const [k, v] = [drawn(rows, keyHeads * width), other(drawn(rows, keyHeads * width))];
  const tables = anglesOf(given);
  const attributes = {
    integers: { heads, key_heads: keyHeads, length, causal: Number(causal), window, pairing, turning },
    numbers: { scale },
  };
  return {
    forward: { name: 'Attention', outputs: 2, inputs: [q, k, v, ...tables], ...attributes },
    backward: {
      name: 'AttentionGradient',
      outputs: 3,
      inputs: [other(q), q, k, v, drawn(rows, heads * width), drawn(rows, heads), ...tables],
      ...attributes,
    },
  };
}

/** cos and sin; 1 and 0 for features that do not turn. */
function anglesOf({ length, width, pairing, turning }: AttentionCase): Given[] {
  if (pairing === 0) return [drawn(), drawn()];
  const angle = (t: number, i: number): number =>
    i >= turning ? 0 : t * (1 + (pairing === 1 ? i % (turning / 2) : Math.floor(i / 2))) * 0.3;
  return [Math.cos, Math.sin].map((f) => ({
    values: Float32Array.from({ length: length * width }, (_, at) => f(angle(Math.floor(at / width), at % width))),
    shape: [length, width],
  }));
}
