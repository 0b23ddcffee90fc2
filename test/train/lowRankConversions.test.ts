/** Adapters made by decomposition: any trained change as LoRA, and the difference of two checkpoints as LoRA. */
import { beforeAll, describe, expect, test } from 'vitest';
import { dora } from '../../src/adapters/methods/dora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { ia3 } from '../../src/adapters/methods/ia3.ts';
import { methods } from '../../src/adapters/methods/index.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { vera } from '../../src/adapters/methods/vera.ts';
import type { Recipe } from '../../src/adapters/types.ts';
import { RequestError, Unsupported } from '../../src/errors.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { loadAdapter, saveAdapter } from '../../src/train/adapterFolder.ts';
import type { Base } from '../../src/train/base.ts';
import { convertToLora } from '../../src/train/convertToLora.ts';
import { extractAdapter } from '../../src/train/extractAdapter.ts';
import { mergedBase } from '../../src/train/merge.ts';
import type { Model } from '../../src/train/model.ts';
import { drawnBase, gpt2Config, llamaConfig, logitsOf, movedModel, onTargets } from '../adapters/smallModel.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

let llama: Base;
let gpt2: Base;

beforeAll(async () => {
  await startEngine();
  llama = drawnBase(llamaConfig);
  gpt2 = drawnBase(gpt2Config);
});

function distance(a: Model, b: Model): number {
  const [one, other] = [logitsOf(a), logitsOf(b)];
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
}

const targets = ['q_proj', 'down_proj'];

describe('convert to LoRA', () => {
  const recipes: [string, () => Recipe][] = [
    ...Object.entries(methods)
      .filter(([name]) => !['full', 'ia3', 'bitfit'].includes(name))
      .map(([name, make]): [string, () => Recipe] => [name, () => make({ rank: 2 })]),
    ['ia3', () => ia3()],
    ['full', () => full()],
    ['LoRA beside the factors of IA³', () => ({ ...ia3(), ...lora({ rank: 2 }) })],
  ];
  test.each(recipes)('%s, exactly where the rank is enough', (_name, recipe) => {
    const model = movedModel(llama, onTargets(recipe(), targets));
    const { model: converted, errors } = convertToLora(model, 0, { rank: 12 });
    expect(errors.map(({ site }) => site)).toEqual(model.adapters.map(({ site }) => site.name));
    for (const { relativeError } of errors) expect(relativeError).toBeLessThan(1e-6);
    expect(distance(model, converted)).toBeLessThan(2e-4);
    const folder = temporaryFolder();
    expect(saveAdapter(converted, 0, folder, { base: 'drawn' }).peftType).toBe('LORA');
    expect(distance(loadAdapter(llama, folder), converted)).toBe(0);
  });

  test('of a lower rank: the error is that of the merged difference', () => {
    const model = movedModel(llama, onTargets(dora({ rank: 2 }), targets));
    const { model: converted, errors } = convertToLora(model, 0, { rank: 1 });
    const sites = converted.adapters.map(({ site, merged }, i) => {
      const [wanted, got] = [model.adapters[i]!.merged(0), merged(0)].map((kernel) => kernel.dataSync<'float32'>());
      const frozen = site.use((kernel) => kernel.dataSync<'float32'>());
      const norm = (values: Float32Array): number => Math.hypot(...values);
      return norm(wanted.map((v, k) => v - got[k]!)) / norm(wanted.map((v, k) => v - frozen[k]!));
    });
    sites.forEach((error, i) => expect(errors[i]!.relativeError).toBeCloseTo(error, 5));
    expect(Math.min(...sites)).toBeGreaterThan(0.1);
  });

  test('by energy every site gets the rank it needs', () => {
    const model = movedModel(llama, onTargets(dora({ rank: 3 }), targets));
    const { errors } = convertToLora(model, 0, { energy: 0.8 });
    for (const { relativeError, rank } of errors) {
      expect(relativeError).toBeLessThanOrEqual(Math.sqrt(0.2));
      expect(rank).toBeLessThan(12);
    }
  });

  test('a wrong cutoff, and a changed bias, are refused', () => {
    const model = movedModel(llama, onTargets(lora({ rank: 2 }), targets));
    for (const rank of [0, 1.5, NaN]) expect(() => convertToLora(model, 0, { rank })).toThrow(RequestError);
    for (const energy of [0, 1.1, NaN]) expect(() => convertToLora(model, 0, { energy })).toThrow(RequestError);
    const scaled = movedModel(gpt2, onTargets(ia3(), ['c_attn']));
    expect(() => convertToLora(scaled, 0, { rank: 2 })).toThrow(Unsupported);
    const shifted = movedModel(gpt2, onTargets(lora({ rank: 2, upBias: true }), ['c_attn']));
    expect(() => convertToLora(shifted, 0, { rank: 2 })).toThrow(Unsupported);
    const biases = movedModel(gpt2, onTargets(full(), 'all'));
    expect(() => convertToLora(biases, 0, { rank: 2 })).toThrow(/ln_1\.weight has changed/);
  });
});

describe('extract from two checkpoints', () => {
  test.each([
    ['llama', () => llama, ['q_proj', 'down_proj']],
    ['gpt2', () => gpt2, ['c_attn', 'mlp.c_proj']],
  ])('%s: a merged LoRA comes back, of its rank', (_name, base, names) => {
    const model = movedModel(base(), onTargets(lora({ rank: 2 }), names));
    const tuned = mergedBase(model, 0);
    const byRank = extractAdapter(base(), tuned, { rank: 2 });
    expect(distance(byRank.model, model)).toBeLessThan(1e-4);
    for (const { relativeError } of byRank.errors) expect(relativeError).toBeLessThan(1e-4);
    expect(byRank.left).toEqual([]);
    expect(byRank.unchanged.length).toBeGreaterThan(0);
    const byEnergy = extractAdapter(base(), tuned, { energy: 0.999999 });
    expect(byEnergy.errors.map(({ rank }) => rank)).toEqual(byEnergy.errors.map(() => 2));
    const poor = extractAdapter(base(), tuned, { rank: 1 });
    for (const { relativeError } of poor.errors) expect(relativeError).toBeGreaterThan(0.05);
  });

  test('what it cannot carry is told: gains, biases, tables', () => {
    const model = movedModel(gpt2, onTargets(full(), 'all'));
    const { left, errors } = extractAdapter(gpt2, mergedBase(model, 0), { rank: 1 });
    const names = left.map(({ site }) => site);
    for (const site of [
      'transformer.wte',
      'transformer.wpe',
      'transformer.h.0.ln_1.weight',
      'transformer.h.1.mlp.c_fc.bias',
    ])
      expect(names).toContain(site);
    for (const { relativeDifference } of left) expect(relativeDifference).toBeGreaterThan(0.01);
    expect(errors).toHaveLength(8);
  });

  test('an embedding, where it is a target', () => {
    const model = movedModel(llama, onTargets(lora({ rank: 2 }), ['embed_tokens']));
    const tuned = mergedBase(model, 0);
    expect(() => extractAdapter(llama, tuned, { rank: 2 })).toThrow(/none of the targets differs.*embed_tokens/);
    const extracted = extractAdapter(llama, tuned, { rank: 2, targets: ['embed_tokens'] });
    expect(distance(extracted.model, model)).toBeLessThan(1e-4);
  });

  test('two networks, or twice the same, are refused', () => {
    expect(() => extractAdapter(llama, gpt2, { rank: 1 })).toThrow(/not of one network/);
    expect(() => extractAdapter(llama, llama, { rank: 1 })).toThrow(/none of the targets differs/);
  });

  test('VeRA merges into something that a LoRA can follow', () => {
    const model = movedModel(llama, onTargets(vera({ rank: 3 }), ['q_proj']));
    expect(distance(convertToLora(model, 0, { rank: 3 }).model, model)).toBeLessThan(1e-4);
  });
});
