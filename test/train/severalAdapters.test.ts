/** Several adapters on one base, against what PEFT itself makes of the same files (several/make.py). */
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { tokenBatch } from '../../src/blocks/tokenBatch.ts';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { openSafetensors, type SafetensorsFile } from '../../src/checkpoint/safetensors.ts';
import { RequestError, Unsupported } from '../../src/errors.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { loadAdapter, saveAdapter } from '../../src/train/adapterFolder.ts';
import { type Base, loadBase } from '../../src/train/base.ts';
import { combineAdapters } from '../../src/train/combineAdapters.ts';
import { mergeAdapters } from '../../src/train/merge.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { loadAdapters } from '../../src/train/severalAdapters.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = path.join(import.meta.dirname, 'several');
const at = (name: string): string => path.join(folder, name);
let base: Base;
let expected: SafetensorsFile;

beforeAll(async () => {
  await startEngine();
  base = loadBase(openCheckpoint(at('base')));
  expected = openSafetensors(at('expected.safetensors'));
});

function probe(): ReturnType<typeof tokenBatch> {
  const { data, shape } = expected.readRaw('input_ids');
  const ids = Int32Array.from(data as Int32Array);
  return tokenBatch(ids, ids, { lanes: 1, length: shape[1] });
}

/** Largest distance of a model's logits from the recorded ones. */
function off(model: Model, key: string): number {
  const batch = probe();
  const tensor = model.logits(batch);
  const logits = tensor.dataSync<'float32'>();
  release(tensor, batch);
  const { data } = expected.read(key);
  expect(logits).toHaveLength(data.length);
  return logits.reduce((most, value, i) => Math.max(most, Math.abs(value - data[i])), 0);
}

const close = 5e-6;

describe('active adapters are summed, as PEFT sums them', () => {
  test('switched, disabled, as strong as wanted', () => {
    const set = loadAdapters(base, { first: at('first'), second: at('second') });
    const { model } = set;
    expect(set.active).toEqual(['first', 'second']);
    expect(off(model, 'first+second')).toBeLessThan(close);
    set.activate(['first']);
    expect(off(model, 'first')).toBeLessThan(close);
    expect(off(model, 'first+second')).toBeGreaterThan(0.01);
    set.activate([]);
    expect(off(model, 'base')).toBeLessThan(close);
    set.activate(['second', 'first']);
    set.setStrength('first', 0.5);
    set.setStrength('second', -1.5);
    expect(off(model, 'first/2-second*3/2')).toBeLessThan(close);
    expect([set.strengthOf('first'), set.strengthOf('second')]).toEqual([0.5, -1.5]);
    set.dispose();
  });

  test.each([
    ['DoRA after LoRA', 'first+dora', ['first', 'dora']],
    ['LoRA after DoRA', 'dora+first', ['dora', 'first']],
    ["IA³'s factors are multiplied", 'scales*others', ['scales', 'others']],
  ])('%s', (_what, key, names) => {
    const set = loadAdapters(base, Object.fromEntries(names.map((name) => [name, at(name)])));
    expect(off(set.model, key)).toBeLessThan(close);
    set.dispose();
  });

  test.each([
    ['first', 'dora'],
    ['dora', 'second'],
    ['scales', 'others'],
    ['first', 'scales'],
  ])('%s and %s merge as strong as they are', (...names) => {
    const set = loadAdapters(base, Object.fromEntries(names.map((name) => [name, at(name)])));
    set.setStrength(names[0], 0.7);
    const merged = mergeAdapters(set.model, 0, probe(), 1e-4);
    expect(merged.largestLogitDifference).toBeLessThan(1e-5);
    merged.dispose();
    set.dispose();
  });

  test('no adapter is the base to the bit', () => {
    const set = loadAdapters(base, { dora: at('dora'), scales: at('scales') });
    set.activate([]);
    const plain = createModel(base, { seeds: [0], methodFor: () => null });
    const batch = probe();
    const [got, wanted] = [set.model, plain].map((model) => model.logits(batch).dataSync());
    expect(got).toEqual(wanted);
  });

  test('an unknown name says which there are; training is refused', () => {
    const set = loadAdapters(base, { first: at('first') });
    expect(() => set.activate(['frist'])).toThrow(
      new RequestError('there is no adapter frist; the nearest name is first; there are first'),
    );
    expect(() => set.setStrength('first', NaN)).toThrow(RequestError);
    expect(() => loadAdapters(base, {})).toThrow(/no adapters to load/);
    expect(() => loadAdapters(base, { 'a/b': at('first') })).toThrow(/no '\/'/);
    expect(() => set.model.lossAndGradients(probe(), () => null)).toThrow(/for use, not for training/);
  });
});

describe('a weighted combination is what add_weighted_adapter gives', () => {
  test.each([
    ['linear', 'linear', [0.7, 0.4], undefined],
    ['linear, negative', 'linear', [0.7, -0.4], undefined],
    ['cat', 'cat', [0.7, -0.4], undefined],
    ['svd', 'svd', [0.7, -0.4], undefined],
    ['svd of rank 1', 'svd', [0.7, -0.4], 1],
  ] as const)('%s', (key, type, [first, second], rank) => {
    const adapters = [
      { adapter: at('first'), weight: first },
      { adapter: at('second'), weight: second },
    ];
    const { model, errors } = combineAdapters(base, adapters, { type, ...(rank === undefined ? {} : { rank }) });
    expect(off(model, key)).toBeLessThan(close);
    const largest = Math.max(...errors.map(({ relativeError }) => relativeError));
    if (type === 'cat') expect(largest).toBeLessThan(1e-7);
    else expect(largest).toBeGreaterThan(0.01);
    // a site that one of them has alone keeps its change where the rank allows
    const alone = errors.filter(({ site }) => /down_proj|v_proj/.test(site));
    expect(alone).toHaveLength(4);
    if (rank === undefined) for (const { relativeError } of alone) expect(relativeError).toBeLessThan(1e-6);
    const saved = temporaryFolder();
    saveAdapter(model, 0, saved, { base: 'base' });
    expect(off(loadAdapter(base, saved), key)).toBeLessThan(close);
  });

  test('cat takes different ranks, linear does not', () => {
    const adapters = [
      { adapter: at('first'), weight: 0.6 },
      { adapter: at('larger'), weight: -0.8 },
    ];
    expect(off(combineAdapters(base, adapters, { type: 'cat' }).model, 'cat of two ranks')).toBeLessThan(close);
    expect(() => combineAdapters(base, adapters, { type: 'linear' })).toThrow(/q_proj they have 2 and 3/);
  });

  test('what cannot be combined is said', () => {
    const first = { adapter: at('first'), weight: 1 };
    expect(() => combineAdapters(base, [], { type: 'cat' })).toThrow(/no adapters to combine/);
    expect(() => combineAdapters(base, [first, { ...first, weight: NaN }], { type: 'cat' })).toThrow(/weight .* NaN/);
    expect(() => combineAdapters(base, [first, first], { type: 'ties' as 'cat' })).toThrow(/not by 'ties'/);
    expect(() => combineAdapters(base, [first, first], { type: 'cat', rank: 2 })).toThrow(/svd alone/);
    for (const name of ['dora', 'scales'])
      expect(() => combineAdapters(base, [first, { adapter: at(name), weight: 1 }], { type: 'cat' })).toThrow(
        Unsupported,
      );
  });
});
