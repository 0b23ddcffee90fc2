import { describe, expect, it } from 'vitest';
import { evaluationBatches, trainingBatches, type Batch } from '../../src/data/batches.ts';
import { encode } from '../../src/data/encode.ts';
import { RequestError } from '../../src/errors.ts';
import { characters } from './characters.ts';

/** Lengths 3 to 32. */
const sequences = Array.from({ length: 30 }, (_, i) =>
  encode({ prompt: '', completion: 'x'.repeat(i + 1) }, characters, 99),
);

const row = (values: Int32Array, batch: Batch, index: number): number[] => [
  ...values.subarray(index * batch.length, (index + 1) * batch.length),
];

function expectRowsToBeTheirMembers(batch: Batch, padId: number): void {
  batch.members.forEach((member, index) => {
    const { ids, labels } = sequences[member];
    const padding = batch.length - ids.length;
    expect(row(batch.ids, batch, index)).toEqual([...ids, ...Array<number>(padding).fill(padId)]);
    expect(row(batch.labels, batch, index)).toEqual([...labels, ...Array<number>(padding).fill(-100)]);
  });
}

describe('trainingBatches', () => {
  it('shows every sequence once an epoch, each epoch in another order, across batch borders', () => {
    const batch = trainingBatches(sequences, { rows: 7, seed: 1 });
    const shown = Array.from({ length: 13 }, (_, step) => [...batch(step).members]).flat();
    const everyOne = sequences.map((_, i) => i);
    const epochs = [shown.slice(0, 30), shown.slice(30, 60), shown.slice(60, 90)];
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual(everyOne);
    expect(new Set([...epochs, everyOne].map(String)).size).toBe(4);
  });

  it('is pure in seed and step', () => {
    const forwards = trainingBatches(sequences, { rows: 7, seed: 1 });
    const backwards = trainingBatches(sequences, { rows: 7, seed: 1 });
    const steps = Array.from({ length: 20 }, (_, step) => step);
    const later = steps.toReversed().map((step) => backwards(step));
    expect(steps.map((step) => forwards(step))).toEqual(later.toReversed());
    expect(trainingBatches(sequences, { rows: 7, seed: 2 })(0).members).not.toEqual(forwards(0).members);
  });

  it('golden order', () => {
    expect([...trainingBatches(sequences, { rows: 8, seed: 0 })(0).members]).toEqual([28, 18, 20, 1, 4, 8, 27, 0]);
  });

  it('pads on the right to a multiple of 16, or to the length asked for', () => {
    const short = trainingBatches(sequences.slice(0, 14), { rows: 5, seed: 1, padId: 9 })(0);
    expect(short.length).toBe(16);
    expectRowsToBeTheirMembers(short, 9);
    const fixed = trainingBatches(sequences, { rows: 5, length: 40, seed: 1 })(3);
    expect([fixed.rows, fixed.length, fixed.ids.length, fixed.labels.length]).toEqual([5, 40, 200, 200]);
    expectRowsToBeTheirMembers(fixed, 0);
  });

  it('takes more rows than there are sequences', () => {
    expect(trainingBatches(sequences.slice(0, 3), { rows: 7, seed: 1 })(0).rows).toBe(7);
  });

  it('refuses an empty split, no rows, and rows too short', () => {
    expect(() => trainingBatches([], { rows: 1, seed: 1 })).toThrow(RequestError);
    expect(() => trainingBatches(sequences, { rows: 0, seed: 1 })).toThrow('at least 1');
    expect(() => trainingBatches(sequences, { rows: 30, length: 20, seed: 1 })(0)).toThrow(
      'A sequence of 32 tokens does not fit in rows of 20',
    );
  });
});

describe('evaluationBatches', () => {
  it('holds every sequence once, sorted by length, and the rest in a smaller batch', () => {
    const batches = evaluationBatches(sequences.toReversed(), { rows: 8 });
    expect(batches.map(({ rows, length }) => [rows, length])).toEqual([
      [8, 16],
      [8, 32],
      [8, 32],
      [6, 32],
    ]);
    expect(batches.flatMap(({ members }) => [...members])).toEqual(sequences.map((_, i) => 29 - i));
  });

  it('rows are the sequences, padded', () => {
    for (const batch of evaluationBatches(sequences, { rows: 8, padId: 5 })) expectRowsToBeTheirMembers(batch, 5);
  });
});
