import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { architectureOf } from '../../src/families/index.ts';
import { llamaConfig } from '../adapters/smallModel.ts';
import { writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import { type RecordedBatches, recordedBatches } from '../../src/parity/recordedBatches.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two steps of four rows of three tokens, counted through. */
const counted = Int32Array.from({ length: 24 }, (_, i) => i);
const shape = [2, 4, 3];

function read(
  change: { ids?: Int32Array; labels?: Int32Array; labelShape?: number[]; steps?: number; parts?: number } = {},
): RecordedBatches {
  const { ids = counted, labels = counted, labelShape = shape, steps = 2, parts = 2 } = change;
  const file = path.join(folder, 'batches.safetensors');
  writeSafetensors(file, { input_ids: { shape, data: ids }, labels: { shape: labelShape, data: labels } });
  return recordedBatches(file, { steps, parts }, architectureOf({ ...llamaConfig, vocab_size: 24 }));
}

describe('recorded batches', () => {
  test('are split into parts of consecutive rows', () => {
    const { batch, rowsPerPart } = read();
    expect(rowsPerPart).toBe(2);
    expect(batch(2, 1)).toEqual({ ids: counted.slice(18), labels: counted.slice(18), length: 3 });
  });

  test('may leave labels out', () => {
    expect(read({ labels: counted.map((id) => (id % 2 ? id : -100)) }).batch(1, 0).labels[0]).toBe(-100);
  });

  test('tokens that are no whole numbers: it says so', () => {
    const file = path.join(folder, 'numbers.safetensors');
    const data = Float32Array.from(counted);
    writeSafetensors(file, { input_ids: { shape, data }, labels: { shape, data: counted } });
    expect(() => recordedBatches(file, { steps: 2, parts: 2 }, architectureOf(llamaConfig))).toThrow(
      /numbers\.safetensors: tensor input_ids is F32, expected whole numbers/,
    );
  });

  test.each([
    ['too few steps', { steps: 3 }, /batches of 2 steps, but the run has 3/],
    ['parts that do not divide the rows', { parts: 3 }, /4 rows a step do not divide into 3 parts/],
    [
      'labels of another shape',
      { labelShape: [2, 3, 4] },
      /labels should have the shape \[2, 4, 3\], but has \[2, 3, 4\]/,
    ],
    ['an id beyond the vocabulary', { ids: counted.with(7, 24) }, /input_ids: number 7 is 24/],
    ['a negative id', { ids: counted.with(7, -100) }, /input_ids: number 7 is -100/],
    ['a label beyond the vocabulary', { labels: counted.with(23, 99) }, /labels: number 23 is 99/],
  ])('%s: it says so', (_what, change, message) => {
    expect(() => read(change)).toThrow(message);
  });
});
