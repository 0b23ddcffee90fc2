import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { judged } from '../../src/parity/caseResult.ts';
import { metricsCase } from '../../src/parity/metricsCase.ts';
import { describeWithShared, shared } from '../shared.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const all = { only: null, exportTo: null };

describeWithShared('the reference metrics', () => {
  const expected = (): string => readFileSync(path.join(shared('fixtures/metrics'), 'expected.json'), 'utf8');
  /** Names of what deviates when the reference has another number at one place. */
  const off = (change: (reference: ReturnType<typeof JSON.parse>) => void): string[] => {
    const reference = JSON.parse(expected());
    change(reference);
    writeFileSync(path.join(folder, 'expected.json'), JSON.stringify(reference));
    const { deviations } = metricsCase.check(folder, all);
    return Object.entries(deviations).flatMap(([what, { value, tolerance }]) => (value <= tolerance ? [] : [what]));
  };

  test('are met', () => {
    const { deviations } = metricsCase.check(shared('fixtures/metrics'), all);
    expect(judged(deviations)).toBe('passed');
    expect(Object.keys(deviations)).toHaveLength(14);
  });

  test('each is compared', () => {
    expect(off((reference) => (reference.items[3].sentenceBleu *= 1 + 2e-6))).toEqual(['sentenceBleu']);
    expect(off((reference) => (reference.items[3].chrF *= 1 + 2e-6))).toEqual(['sentenceChrF']);
    expect(off((reference) => (reference.items[40].rougeF1AgainstFirst.rouge2 = 1e-9))).toEqual(['rouge2']);
    expect(off((reference) => (reference.corpus.precisions[3] *= 1 + 2e-6))).toEqual(['precisions']);
    expect(off((reference) => (reference.corpus.brevityPenalty = 1))).toEqual(['brevityPenalty']);
    expect(off((reference) => (reference.classification.mcc *= 1 - 2e-6))).toEqual(['mcc']);
    expect(off((reference) => (reference.items[3].hypothesis += ' x'))).toContain('bleu');
  });

  test('a file of another form says where', () => {
    expect(() => off((reference) => delete reference.items[2].chrF)).toThrow(/items\[2\]\.chrF/);
  });
});
