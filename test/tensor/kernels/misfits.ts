/** Calls whose inputs do not fit each other. */
import * as calls from './calls.ts';
import { adamwNumbers, adamwCall } from './calls.ts';
import { type Call, drawn, type Given, integers } from './given.ts';

const withInput = (call: Call, i: number, given: Given): Call => ({
  ...call,
  inputs: call.inputs.map((input, j) => (i === j ? given : input)),
});

const rms = calls.rmsNormCalls(6, 4, 1);
const gate = calls.gateCalls(6, 4);
const loss = calls.crossEntropyCall(6, 4, 1);
const low = calls.lowRankCalls({ rows: 6, inputs: 4, rank: 2, outputs: 5, lanes: 3, scale: 1 });
const scale = calls.scaleCalls(6, 4, 1);
const norms = calls.lowRankNormsCall({ inputs: 4, rank: 2, outputs: 5, lanes: 3, scale: 1 }).call;
const adamw = adamwCall(3, 4, [3, 1], [3, 4]);
const attention = calls.attentionCalls({
  sequences: 2,
  length: 5,
  heads: 4,
  keyHeads: 2,
  width: 6,
  scale: 1,
  causal: true,
  window: 0,
  pairing: 1,
  turning: 6,
});

const withInteger = (call: Call, name: string, value: number): Call => ({
  ...call,
  integers: { ...call.integers, [name]: value },
});

export const misfits: readonly (readonly [what: string, call: Call, message: RegExp])[] = [
  ['heads that key heads do not divide', withInteger(attention.forward, 'key_heads', 3), /attention: heads/],
  ['no heads', withInteger(attention.forward, 'heads', 0), /attention: heads/],
  ['no key heads', withInteger(attention.backward, 'key_heads', 0), /attention: heads/],
  ['texts of no length', withInteger(attention.backward, 'length', 0), /attention: heads/],
  ['a gain of another width', withInput(rms.forward, 1, drawn(5)), /RMSNorm: the gain/],
  ['a gain of twice the width', withInput(rms.forward, 1, drawn(8)), /RMSNorm: the gain/],
  ['gains of lanes that do not divide the rows', withInput(rms.forward, 1, drawn(4, 1, 4)), /RMSNorm: the gain/],
  ['a scalar to norm', withInput(rms.forward, 0, drawn()), /RMSNorm: the gain/],
  ['rows without numbers', withInput(withInput(rms.forward, 0, drawn(6, 0)), 1, drawn(0)), /RMSNorm: the gain/],
  ['a gradient of other rows', withInput(rms.backward, 0, drawn(5, 4)), /RMSNorm: the gradient/],
  ['roots of other rows', withInput(rms.backward, 3, drawn(5)), /RMSNorm: the gradient/],
  ['a gate of another size', withInput(gate.forward, 1, drawn(6, 5)), /SwiGLU: gate/],
  ['a gradient of another size', withInput(gate.backward, 0, drawn(6, 3)), /SwiGLU: the gradient/],
  ['fewer targets than rows', withInput(loss, 1, integers([1, 2])), /cross-entropy: targets or weights/],
  ['fewer weights than rows', withInput(loss, 2, drawn(2, 1)), /cross-entropy: targets or weights/],
  ['a target beyond the classes', withInput(loss, 1, integers([0, 1, 2, 3, 4, 0])), /a target is no class/],
  ['a negative target', withInput(loss, 1, integers([0, 1, 2, 3, -1, 0])), /a target is no class/],
  ['lanes that do not divide the rows', { ...loss, integers: { lanes: 4 } }, /cross-entropy: targets or weights/],
  ['no lanes', { ...loss, integers: { lanes: 0 } }, /cross-entropy: targets or weights/],
  ['no classes', { ...loss, inputs: [drawn(0, 0), integers([]), drawn(0, 1)] }, /cross-entropy: targets or weights/],
  ['targets that are no integers', withInput(loss, 1, drawn(6)), /./],
  ['a down factor of other inputs', withInput(low.forward, 1, drawn(3, 5, 2)), /low-rank update: the factors/],
  ['a down factor turned', withInput(low.forward, 1, drawn(3, 2, 4)), /low-rank update: the factors/],
  ['an up factor of fewer lanes', withInput(low.forward, 2, drawn(2, 2, 5)), /low-rank update: the factors/],
  ['an up factor without its lanes', withInput(low.forward, 2, drawn(6, 5)), /low-rank update: the factors/],
  ['a factor that is a vector', withInput(low.forward, 1, drawn(8)), /low-rank update: the factors/],
  ['a factor that is a scalar', withInput(low.forward, 2, drawn()), /low-rank update: the factors/],
  ['rows that lanes do not divide', withInput(low.forward, 0, drawn(5, 4)), /low-rank update: the factors/],
  ['a gradient of other outputs', withInput(low.backward, 0, drawn(6, 4)), /low-rank update: the gradient/],
  ['middle rows of another rank', withInput(low.backward, 2, drawn(6, 3)), /low-rank update: the gradient/],
  ['squares of other columns', withInput(norms, 0, drawn(4)), /norms of a low-rank update/],
  ['rows through the matrix of fewer lanes', withInput(norms, 1, drawn(2, 5)), /norms of a low-rank update/],
  ['a factor of other lanes', withInput(norms, 2, drawn(2, 4, 2)), /norms of a low-rank update/],
  ['an up factor of another rank', withInput(norms, 3, drawn(3, 3, 5)), /norms of a low-rank update/],
  ['factors of another number', withInput(scale.forward, 1, drawn(5)), /scale: the factors/],
  ['factors of twice the number', withInput(scale.forward, 1, drawn(8)), /scale: the factors/],
  ['a gradient of other columns', withInput(scale.backward, 0, drawn(6, 5)), /scale: the gradient/],
  ['terms of two sizes', withInput(calls.sumCall(3, 2, 2), 2, drawn(5)), /sum: the terms/],
  ['matrices that do not meet', withInput(calls.productCall(2, 3, 4), 1, drawn(4, 4)), /product: the inner sizes/],
  ['a product with a vector', withInput(calls.productCall(2, 3, 4), 1, drawn(3)), /product: a factor is no matrix/],
  ['a product of three axes', withInput(calls.productCall(2, 3, 4), 0, drawn(2, 3, 1)), /a factor is no matrix/],
  ['values without lanes', withInput(adamw, 0, drawn(12)), /AdamW: values are/],
  ['a moment of another size', withInput(adamw, 2, drawn(3, 5)), /AdamW: gradient, moments/],
  [
    'fewer numbers',
    withInput(adamw, 4, { ...adamwNumbers, values: adamwNumbers.values.slice(1), shape: [6] }),
    /AdamW/,
  ],
  ['rates of other lanes', withInput(adamw, 5, drawn(2, 1)), /AdamW: gradient, moments/],
  ['no rate', withInput(adamw, 5, drawn(0)), /AdamW: gradient, moments/],
  ['what decay leaves of another count', withInput(adamw, 6, drawn(3, 3)), /AdamW: gradient, moments/],
  ['keys of other rows', withInput(attention.forward, 1, drawn(5, 12)), /attention: queries/],
  ['values of another width', withInput(attention.forward, 2, drawn(10, 24)), /attention: queries/],
  ['rows that are no whole sequences', withInput(attention.forward, 0, drawn(9, 24)), /attention: queries/],
  ['angles of another length', withInput(attention.forward, 3, drawn(4, 6)), /attention: queries/],
  ['a gradient of another width', withInput(attention.backward, 0, drawn(10, 12)), /attention: the gradient/],
  ['logarithms of other heads', withInput(attention.backward, 5, drawn(10, 2)), /attention: the gradient/],
];
