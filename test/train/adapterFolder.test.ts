/** Writing a trained adapter and reading it: every registered method and the compositions of the contract. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Unsupported } from '../../src/errors.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { loadAdapter, saveAdapter } from '../../src/train/adapterFolder.ts';
import type { Base } from '../../src/train/base.ts';
import { mergeAdapters } from '../../src/train/merge.ts';
import { loadAdapters } from '../../src/train/severalAdapters.ts';
import type { Model } from '../../src/train/model.ts';
import { train } from '../../src/train/trainer.ts';
import { staysStill, type Subject, subjects } from '../contract/subjects.ts';
import { baseLogits, baseOf, largestDifference, logitsOf, modelOf, probe, runOf } from '../contract/tinyRun.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

beforeAll(() => startEngine());

/** What PEFT has no format for. */
const inexpressible = ['LoRA beside the factors of IA³'];

function trainedModel(subject: Subject, base: Base): Model {
  const lanes = [{ seed: 3, learningRate: 0.05 }];
  const model = modelOf(subject, base, [3]);
  const run = runOf(model, lanes);
  Array.from(train(run));
  run.dispose();
  return model;
}

const about = { base: 'tiny', steps: 4 };
const isWhole = ({ adapters }: Model): boolean => adapters.every(({ update }) => update.replaces);

describe.each(subjects.filter(({ name }) => !inexpressible.includes(name)))('$name', (subject) => {
  test('is read as it was written', () => {
    const base = baseOf(subject);
    const model = trainedModel(subject, base);
    const [first, second] = [temporaryFolder(), temporaryFolder()];
    const saved = saveAdapter(model, 0, first, about);
    expect(saved.format).toBe(isWhole(model) ? 'model' : 'peft');
    if (saved.format === 'model') return;
    const again = loadAdapter(base, first);
    const wanted = logitsOf(model);
    if (!staysStill(subject)) expect(largestDifference(wanted, baseLogits(base))).toBeGreaterThan(1e-3);
    expect(largestDifference(logitsOf(again), wanted)).toBeLessThan(2e-5);
    saveAdapter(again, 0, second, about);
    for (const file of ['adapter_model.safetensors', 'adapter_config.json'])
      expect(readFileSync(path.join(second, file)).equals(readFileSync(path.join(first, file))), file).toBe(true);
    const isTableWhole = model.adapters.some(({ site, update }) => site.kind === 'embedding' && update.replaces);
    if (isTableWhole) expect(() => loadAdapters(base, { it: first })).toThrow(Unsupported);
    else {
      const set = loadAdapters(base, { it: first });
      expect(largestDifference(logitsOf(set.model), wanted), 'one of several').toBeLessThan(2e-5);
      const alone = mergeAdapters(set.model, 0, probe(), 1e-3);
      alone.dispose();
      set.dispose();
    }
    const merged = mergeAdapters(again, 0, probe(), 1e-3);
    merged.dispose();
    for (const made of [model, again]) made.dispose();
    base.dispose();
  });
});

test.each(subjects.filter(({ name }) => inexpressible.includes(name)))('$name has no format in PEFT', (subject) => {
  const base = baseOf(subject);
  const model = trainedModel(subject, base);
  expect(() => saveAdapter(model, 0, temporaryFolder(), about)).toThrow(Unsupported);
});
