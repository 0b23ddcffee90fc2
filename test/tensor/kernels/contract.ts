/** What our own kernels must do, whatever processor they were compiled for: every kernel against its formula in float64. */
import { beforeAll, describe, expect, test } from 'vitest';
import { activeEngine, startEngine } from '../../../src/tensor/engine.ts';
import { addonFolder } from '../../../src/tensor/native/compile.ts';
import { packageOf } from '../../../src/tensor/native/buildKernels.ts';
import { nativeHome } from '../../../src/tensor/native/home.ts';
import { kernelsBuilt, loadKernels } from '../../../src/tensor/native/kernelAddon.ts';
import type { ProcessorLevel } from '../../../src/tensor/native/processorLevel.ts';
import * as calls from './calls.ts';
import { called, type Call, expectNear, poisoned } from './given.ts';
import { misfits } from './misfits.ts';
import * as plain from './plain.ts';
import { attention, type AttentionCase } from './plainAttention.ts';

const engineFolder = addonFolder(packageOf(`${nativeHome()}/.native`));

/** Whether the engine of this checkout has kernels of the present sources. */
export const areBuilt: boolean = kernelsBuilt(engineFolder);

const widths = [1, 3, 7, 8, 12, 16, 17, 40, 100];
const ranks = [1, 3, 8, 12];
const rowsOf = [1, 6, 51];
const pairs = (a: readonly number[], b: readonly number[]): number[][] => a.flatMap((x) => b.map((y) => [x, y]));
const laned = (rows: number): number[] => (rows % 3 === 0 ? [1, 3] : [1]);

const shape = (changes: Partial<AttentionCase>): AttentionCase => ({
  sequences: 2,
  length: 17,
  heads: 4,
  keyHeads: 2,
  width: 8,
  causal: true,
  window: 0,
  pairing: 1,
  turning: changes.pairing === 0 ? 0 : (changes.width ?? 8),
  scale: 0.35,
  ...changes,
});

const attentionCases: readonly AttentionCase[] = [
  ...[1, 2, 17, 50, 128].flatMap((length) => [true, false].map((causal) => shape({ length, causal }))),
  ...([0, 1, 2] as const).flatMap((pairing) =>
    [2, 12, 16, 40].map((width) => shape({ pairing, width, causal: false })),
  ),
  ...[1, 3, 7, 17, 100].map((width) => shape({ pairing: 0, width, length: 5 })),
  ...[1, 2, 5, 60].flatMap((window) => [true, false].map((causal) => shape({ window, causal, length: 50 }))),
  ...([1, 2] as const).map((pairing) => shape({ pairing, width: 12, turning: 4, length: 50 })),
  ...[1, 2, 6].map((keyHeads) => shape({ heads: 6, keyHeads, sequences: 1 })),
  shape({ length: 128, window: 30, width: 40 }),
];

const named = (given: AttentionCase): [string, AttentionCase] => [
  Object.entries(given)
    .map(([name, value]) => `${name} ${value}`)
    .join(', '),
  given,
];

interface AllSizes {
  readonly rows: number;
  readonly columns: number;
  readonly rank: number;
  readonly lanes: number;
  readonly sequences: number;
}

/** A call of every kernel that takes rows. */
const callsOfAll = ({ rows, columns, rank, lanes, sequences }: AllSizes): Call[] => [
  ...Object.values(calls.rmsNormCalls(rows, columns, lanes)),
  ...Object.values(calls.gateCalls(rows, columns)),
  calls.crossEntropyCall(rows, columns, lanes),
  ...Object.values(calls.lowRankCalls({ rows, inputs: columns, rank, outputs: columns + 3, lanes, scale: 2 })),
  ...Object.values(calls.scaleCalls(rows, columns, lanes)),
  calls.sumCall(3, rows, columns),
  calls.productCall(rows, columns, 300),
  calls.adamwCall(lanes, (rows * columns) / lanes, [], [lanes, 1]),
  ...Object.values(calls.attentionCalls(shape({ sequences, length: 128, heads: 8, width: 16 }))),
];

/** Calls that are large enough for several threads. */
const large: readonly Call[] = [
  ...callsOfAll({ rows: 450, columns: 200, rank: 8, lanes: 3, sequences: 4 }),
  calls.productCall(1000, 300, 40, 1),
  calls.lowRankNormsCall({ inputs: 400, rank: 24, outputs: 500, lanes: 3, scale: 2 }).call,
];

/** `level`: the one that must be running; by default whichever this processor has. */
export function describeKernels(level?: ProcessorLevel): void {
  beforeAll(async () => {
    await startEngine({ engine: 'tensorflow' });
    expect(activeEngine().kernels).toEqual(level ?? expect.stringMatching(/^x86-64-v[34]$/));
  });

  test.each(pairs(rowsOf, widths))('RMSNorm of %i rows of %i', (rows, width) => {
    for (const lanes of laned(rows)) {
      const { forward, backward } = calls.rmsNormCalls(rows, width, lanes);
      const [dy, x, gain] = backward.inputs.map(({ values }) => values);
      const expected = plain.rmsNorm(x!, gain!, dy!, rows, width, 1e-6);
      const [y, inverse] = called(forward);
      expectNear(y!, expected.y);
      expectNear(inverse!, expected.inverse);
      const inputs = [...backward.inputs.slice(0, 3), { values: inverse!, shape: [rows] }];
      expectNear(called({ ...backward, inputs })[0]!, expected.dx);
    }
  });

  test.each(pairs(rowsOf, widths))('SwiGLU of %i × %i', (rows, width) => {
    const { forward, backward } = calls.gateCalls(rows, width);
    const [dy, g, u] = backward.inputs.map(({ values }) => values);
    const expected = plain.gate(g!, u!, dy!);
    const [dg, du] = called(backward);
    expectNear(called(forward)[0]!, expected.y);
    expectNear(dg!, expected.dg);
    expectNear(du!, expected.du);
  });

  test.each(pairs(rowsOf, widths))('cross-entropy of %i rows of %i', (rows, classes) => {
    for (const lanes of laned(rows)) {
      const call = calls.crossEntropyCall(rows, classes, lanes);
      const [z, targets, weights] = call.inputs.map(({ values }) => values);
      const expected = plain.crossEntropy(z!, targets!, weights!, rows, classes, lanes);
      const [losses, gradient] = called(call);
      expectNear(losses!, expected.losses, 1e-5);
      expectNear(gradient!, expected.gradient);
    }
  });

  test.each(pairs(ranks, widths))('a product with matrices of rank %i, to and from %i', (rank, width) => {
    for (const rows of rowsOf)
      for (const lanes of laned(rows)) {
        const sizes = { rows, inputs: width, rank, outputs: 2 * width + 1, lanes, scale: 0.7 };
        const { forward, backward } = calls.lowRankCalls(sizes);
        const [dy, x, , down, up] = backward.inputs.map(({ values }) => values);
        const expected = plain.lowRank(x!, down!, up!, dy!, sizes);
        const [y, u] = called(forward);
        expectNear(y!, expected.y);
        expectNear(u!, expected.u);
        const inputs = backward.inputs.map((input, i) => (i === 2 ? { values: u!, shape: [rows, rank] } : input));
        const [dDown, dUp, dx] = called({ ...backward, inputs });
        expectNear(dDown!, expected.dDown);
        expectNear(dUp!, expected.dUp);
        expectNear(dx!, expected.dx);
        for (const [wants_down, wants_input] of pairs([0, 1], [0, 1])) {
          const some = called({
            ...backward,
            inputs,
            integers: { wants_down: wants_down!, wants_input: wants_input! },
          });
          expect(some).toEqual([wants_down ? dDown : new Float32Array(), dUp, wants_input ? dx : new Float32Array()]);
        }
      }
  });

  test.each(pairs(ranks, widths))(
    'norms of the columns of a matrix with a change of rank %i, from %i',
    (rank, width) => {
      for (const lanes of [1, 3]) {
        const sizes = { inputs: width, rank, outputs: 2 * width + 1, lanes, scale: 0.7 };
        const { call, expected } = calls.lowRankNormsCall(sizes);
        expectNear(called(call)[0]!, expected, 1e-5);
      }
    },
  );

  test('a norm that rounding would make the root of less than 0 is 0', () => {
    const { call } = calls.lowRankNormsCall({ inputs: 8, rank: 2, outputs: 20, lanes: 1, scale: 1 });
    const inputs = [{ values: new Float32Array(20).fill(-1e9), shape: [20] }, ...call.inputs.slice(1)];
    expect([...called({ ...call, inputs })[0]!]).toEqual(Array(20).fill(0));
  });

  test.each(pairs(rowsOf, widths))('%i rows times %i factors', (rows, columns) => {
    for (const lanes of laned(rows)) {
      const { forward, backward } = calls.scaleCalls(rows, columns, lanes);
      const [dy, x, v] = backward.inputs.map(({ values }) => values);
      const expected = plain.scale(x!, v!, dy!, rows, columns);
      const [dx, dv] = called(backward);
      expectNear(called(forward)[0]!, expected.y);
      expectNear(dx!, expected.dx);
      expectNear(dv!, expected.dv);
    }
  });

  test.each(pairs([1, 2, 5], widths))('the sum of %i tensors of 3 × %i', (terms, width) => {
    const call = calls.sumCall(terms, 3, width);
    const expected = call.inputs[0]!.values.map((_, i) => call.inputs.reduce((sum, { values }) => sum + values[i]!, 0));
    expectNear(called(call)[0]!, expected);
  });

  test.each(pairs([1, 5, 12, 13, 130], widths))('products of %i rows with %i columns', (rows, columns) => {
    for (const inner of [1, 8, 33])
      for (const turned of [0, 1]) {
        const call = calls.productCall(rows, inner, columns, turned);
        const [a, b] = call.inputs.map(({ values }) => values);
        const right = turned ? plain.transposed(b!, columns, inner) : b!;
        expectNear(called(call)[0]!, plain.product(a!, right, rows, inner, columns));
      }
  });

  test.each(pairs([1, 3], widths))('AdamW of %i lanes of %i numbers', (lanes, count) => {
    const forms = [[], [1, 1], [lanes, 1], [1, count], [lanes, count]];
    for (const rate of forms)
      for (const keep of forms) {
        const call = calls.adamwCall(lanes, count, rate, keep);
        const [w, g, m, v, n, rates, keeps] = call.inputs.map(({ values }) => values);
        const at = (values: plain.Numbers, form: number[], i: number): number => {
          const [rows = 1, columns = 1] = form;
          return values[(rows > 1 ? Math.floor(i / count) * columns : 0) + (columns > 1 ? i % count : 0)]!;
        };
        const mean = g!.map((value, i) => m![i]! * n![0]! + value * n![1]!);
        const square = g!.map((value, i) => v![i]! * n![2]! + value ** 2 * n![3]!);
        const next = Array.from(w!, (value, i) => {
          const direction = (mean[i]! * n![4]!) / (Math.sqrt(square[i]! * n![5]!) + n![6]!);
          return value * at(keeps!, keep, i) - direction * at(rates!, rate, i);
        });
        [next, mean, square].forEach((expected, i) => expectNear(called(call)[i]!, expected));
      }
  });

  test.each(attentionCases.map(named))('attention: %s', (_what, given) => {
    const { forward, backward } = calls.attentionCalls(given);
    const [dy, q, k, v, , , cos, sin] = backward.inputs.map(({ values }) => values);
    const expected = attention(given, { q: q!, k: k!, v: v!, cos: cos!, sin: sin!, dy: dy! });
    const [o, logs] = called(forward);
    expectNear(o!, expected.o);
    expectNear(logs!, expected.logs);
    const of = { 4: o!, 5: logs! } as { readonly [i: number]: Float32Array };
    const inputs = backward.inputs.map((input, i) => ({ ...input, values: of[i] ?? input.values }));
    const gradients = called({ ...backward, inputs });
    [expected.dq, expected.dk, expected.dv].forEach((slope, i) => expectNear(gradients[i]!, slope, 1e-5));
  });

  test.each(large.map((call): [string, Call] => [call.name, call]))(
    '%s gives the same bits with any number of threads',
    (_name, call) => {
      const [alone, two, three] = [1, 2, 3].map((threads) => {
        loadKernels(engineFolder, threads);
        return called(call);
      });
      expect(two).toEqual(alone);
      expect(three).toEqual(alone);
    },
  );

  describe.each([
    ['NaN', NaN],
    ['infinity', Infinity],
  ])('%s in one', (_what, bad) => {
    /** Where the last number of one part of an input is bad, only that part of the output is, all parts being equal. */
    const expectStays = (call: Call, input: number, part: number, parts: number, outputs = [0]): void => {
      const size = call.inputs[input]!.values.length / parts;
      const inputs = call.inputs.map((given, i) =>
        i === input ? poisoned(given, (part + 1) * size - 1, (part + 1) * size, bad) : given,
      );
      const [before, after] = [called(call), called({ ...call, inputs })];
      for (const output of outputs) {
        const own = after[output]!.length / parts;
        const others = (values: Float32Array): number[] =>
          [...values].filter((_, i) => i < part * own || i >= (part + 1) * own);
        expect(others(after[output]!)).toEqual(others(before[output]!));
        expect([...after[output]!].slice(part * own, (part + 1) * own).some((x) => !Number.isFinite(x))).toBe(true);
      }
    };

    test('row stays there', () => {
      expectStays(calls.rmsNormCalls(6, 17, 1).forward, 0, 2, 6);
      expectStays(calls.rmsNormCalls(6, 17, 1).backward, 1, 2, 6);
      expectStays(calls.gateCalls(6, 17).backward, 0, 2, 6, [0, 1]);
      expectStays(calls.crossEntropyCall(6, 17, 1), 0, 2, 6, [1]);
      expectStays(calls.scaleCalls(6, 17, 1).forward, 0, 2, 6);
      expectStays(calls.sumCall(2, 6, 17), 0, 2, 6);
      for (const columns of [3, 8, 40, 100]) expectStays(calls.productCall(30, 17, columns), 0, 13, 30);
    });

    test('lane stays there', () => {
      const sizes = { rows: 6, inputs: 17, rank: 3, outputs: 12, lanes: 3, scale: 1 };
      expectStays(calls.lowRankCalls(sizes).forward, 0, 1, 3, [0, 1]);
      expectStays(calls.lowRankCalls(sizes).backward, 0, 1, 3, [0, 1, 2]);
      expectStays(calls.lowRankCalls(sizes).backward, 3, 1, 3, [2]);
      expectStays(calls.lowRankNormsCall(sizes).call, 2, 1, 3);
      expectStays(calls.lowRankNormsCall(sizes).call, 3, 1, 3);
      expectStays(calls.scaleCalls(6, 17, 3).backward, 0, 1, 3, [0, 1]);
      expectStays(calls.crossEntropyCall(6, 17, 3), 0, 1, 3, [0, 1]);
      expectStays(calls.adamwCall(3, 17, [3, 1], []), 1, 1, 3, [0, 1, 2]);
    });

    test('sequence stays there', () => {
      const { forward, backward } = calls.attentionCalls(shape({ sequences: 3, length: 50 }));
      for (const input of [0, 1, 2]) expectStays(forward, input, 1, 3);
      for (const input of [0, 1, 2, 3]) expectStays(backward, input, 1, 3);
    });
  });

  test('a NaN of any bits stays one', () => {
    const odd = new Float32Array(Uint32Array.of(0x7fc00001).buffer);
    const call = calls.crossEntropyCall(1, 3, 1);
    const inputs = [{ values: Float32Array.of(1, odd[0]!, 2), shape: [1, 3] }, ...call.inputs.slice(1)];
    inputs[0]!.values.set(odd, 1);
    expect([...called({ ...call, inputs })[1]!].every(Number.isNaN)).toBe(true);
  });

  test('very large and very small scores make no NaN', () => {
    const scores = Float32Array.of(1e4, -1e4, 0, 1e4, -1e30, 1e30, -3e38, 3e38, 88, -88, 120, -120);
    const z = { values: scores, shape: [4, 3] };
    const [losses, gradient] = called({
      ...calls.crossEntropyCall(4, 3, 1),
      inputs: [z, ...calls.crossEntropyCall(4, 3, 1).inputs.slice(1)],
    });
    expect([...gradient!].every((x) => Math.abs(x) <= 1)).toBe(true);
    expect(losses!.some(Number.isNaN)).toBe(false);
    const big = { values: scores, shape: [12] };
    const ones = { values: new Float32Array(12).fill(1), shape: [12] };
    const gated = called({ name: 'Gate', outputs: 1, inputs: [big, ones] })[0]!;
    expectNear(
      gated,
      scores.map((x) => Math.max(0, x)),
      1e-6,
    );
    expect(
      called({ name: 'GateGradient', outputs: 2, inputs: [ones, big, ones] }).some((x) => x.some(Number.isNaN)),
    ).toBe(false);
    const { forward, backward } = calls.attentionCalls(shape({ length: 50, scale: 1e4 }));
    for (const call of [forward, { ...forward, numbers: { scale: -1e4 } }]) {
      const [o, logs] = called(call);
      expect([...o!].every((x) => Math.abs(x) <= 1.00001)).toBe(true);
      const inputs = backward.inputs.map((input, i) => ({
        ...input,
        values: i === 4 ? o! : i === 5 ? logs! : input.values,
      }));
      expect(called({ ...backward, inputs, numbers: call.numbers }).some((x) => x.some(Number.isNaN))).toBe(false);
    }
  });

  test.each(misfits)('%s: an error', (_what, call, message) => {
    expect(() => called(call)).toThrow(message);
  });

  test('no rows give no rows', () => {
    const none = callsOfAll({ rows: 0, columns: 5, rank: 2, lanes: 1, sequences: 0 });
    const outputs = none.map(called);
    expect(outputs.map(([first]) => [...first!])).toEqual(
      none.map(({ name }) => ({ CrossEntropy: [0], LowRankGradient: Array.from({ length: 10 }, () => 0) })[name] ?? []),
    );
    expect([...called(calls.productCall(2, 0, 3))[0]!]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...called(calls.productCall(2, 3, 0))[0]!]).toEqual([]);
  });
}
