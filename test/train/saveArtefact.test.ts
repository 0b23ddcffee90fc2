/** What a run keeps: from the base and the file alone, every kernel that was trained. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { olora } from '../../src/adapters/init/arms.ts';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { ia3 } from '../../src/adapters/methods/ia3.ts';
import { methods } from '../../src/adapters/methods/index.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import type { Recipe } from '../../src/adapters/types.ts';
import { denseChange } from '../../src/analysis/change.ts';
import { keptChange, keptVectors } from '../../src/analysis/keptChange.ts';
import { openArtefact } from '../../src/checkpoint/artefact.ts';
import { RequestError } from '../../src/errors.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { readOnce } from '../../src/tensor/readOnce.ts';
import type { Base } from '../../src/train/base.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { saveArtefact } from '../../src/train/saveArtefact.ts';
import { drawnBase, gpt2Config, llamaConfig, movedModel, onTargets } from '../adapters/smallModel.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

let llama: Base;
let gpt2: Base;

beforeAll(async () => {
  await startEngine();
  llama = drawnBase(llamaConfig);
  gpt2 = drawnBase(gpt2Config);
});

/** The largest difference of W + ΔW from the merged kernels of a lane; all sites are there. */
function largestDifference(model: Model, lane: number, file: string): number {
  const artefact = openArtefact(file);
  expect(artefact.sites.map(({ name }) => name)).toEqual(model.adapters.map(({ site }) => site.name));
  const worst = model.adapters.map(({ site, merged }) => {
    const kernel = readOnce(() => site.use((held) => tf.clone(held)));
    const expected = readOnce(() => merged(lane));
    const found = denseChange(keptChange(artefact, site.name, kernel)).map((value, i) => value + kernel[i]!);
    expect(found.length).toBe(expected.length);
    return found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  });
  artefact.close();
  return Math.max(...worst);
}

const recipes: [string, () => Recipe, string | string[]][] = [
  ...Object.entries(methods)
    .filter(([name]) => name !== 'bitfit')
    .map(([name, make]): [string, () => Recipe, string[]] => [name, () => make({ rank: 2 }), ['q_proj', 'down_proj']]),
  ['full on everything', () => full(), 'all'],
  ['a compensated start', () => lora({ rank: 2, init: olora() }), ['q_proj']],
  ['IA³ beside LoRA', () => ({ ...ia3(), ...lora({ rank: 2 }) }), ['k_proj', 'down_proj']],
];

describe('the kernels of a lane', () => {
  it.each(recipes)('%s', (_name, recipe, targets) => {
    const model = movedModel(llama, onTargets(recipe(), targets), [0, 1]);
    saveArtefact(model, 0, path.join(temporaryFolder(), 'first.safetensors'), { run: 'abc', step: 7 });
    const before = tf.memory().numTensors;
    const files = [0, 1].map((lane) => {
      const file = path.join(temporaryFolder(), `${lane}.safetensors`);
      saveArtefact(model, lane, file, { run: 'abc', step: 7 });
      return file;
    });
    expect(tf.memory().numTensors).toBe(before);
    files.forEach((file, lane) => expect(largestDifference(model, lane, file)).toBeLessThan(2e-6));
    expect(largestDifference(model, 0, files[1]!)).toBeGreaterThan(1e-3);
    model.dispose();
  });

  it('of parts of a fused projection, each with its own method', () => {
    const model = movedModel(gpt2, onTargets(dora({ rank: 2 }), ['c_attn:query', 'c_attn:value', 'c_proj']));
    const file = path.join(temporaryFolder(), 'kept.safetensors');
    saveArtefact(model, 0, file, { run: 'abc', step: 7 });
    expect(largestDifference(model, 0, file)).toBeLessThan(2e-6);
  });
});

describe('the file', () => {
  it('holds factors where there are some, with the step and the run', () => {
    const file = path.join(temporaryFolder(), 'kept.safetensors');
    const of = (recipe: Recipe): ReturnType<typeof openArtefact> => {
      saveArtefact(movedModel(llama, onTargets(recipe, ['q_proj'])), 0, file, { run: 'abc', step: 7 });
      return openArtefact(file);
    };
    const plain = of(lora({ rank: 2 }));
    expect(plain).toMatchObject({ run: 'abc', step: 7 });
    expect(plain.sites[0]).toMatchObject({ form: 'factors', hasMagnitude: false, kind: 'linear', shape: [12, 12] });
    expect(keptVectors(plain, plain.sites[0]!.name)).toBeNull();
    expect(of(dora({ rank: 2 })).sites[0]).toMatchObject({ form: 'factors', hasMagnitude: true });
    expect(of(full()).sites[0]).toMatchObject({ form: 'dense' });
    const triplets = of(adalora({ rank: 3 }));
    expect(triplets.sites[0]).toMatchObject({ form: 'triplets' });
    const vectors = keptVectors(triplets, triplets.sites[0]!.name)!;
    const up = triplets.read(triplets.sites[0]!.name, 'up').data;
    expect(vectors.rank).toBe(3);
    expect([0, 1, 2].map((r) => vectors.up[5 * 3 + r])).toEqual([0, 1, 2].map((r) => up[r * 12 + 5]));
  });

  it('is the same to the byte for the same numbers', () => {
    const bytes = [0, 1].map(() => {
      const file = path.join(temporaryFolder(), 'kept.safetensors');
      saveArtefact(movedModel(llama, onTargets(dora({ rank: 2 }), ['q_proj'])), 0, file, { run: 'abc', step: 7 });
      return readFileSync(file);
    });
    expect(bytes[0]!.equals(bytes[1]!)).toBe(true);
  });

  it('at the start holds no change', () => {
    const model = createModel(llama, { seeds: [0], methodFor: onTargets(dora({ rank: 2 }), ['q_proj']) });
    const file = path.join(temporaryFolder(), 'kept.safetensors');
    saveArtefact(model, 0, file, { run: 'abc', step: 0 });
    const artefact = openArtefact(file);
    for (const { site } of model.adapters) {
      const kernel = readOnce(() => site.use((held) => tf.clone(held)));
      const change = denseChange(keptChange(artefact, site.name, kernel));
      expect(Math.max(...change.map(Math.abs))).toBeLessThan(1e-6);
    }
  });

  it('that is something else is refused', () => {
    const file = path.join(temporaryFolder(), 'kept.safetensors');
    writeFileSync(file, 'no');
    expect(() => openArtefact(file)).toThrow(RequestError);
    const other = path.resolve('results/bases/small-world/model.safetensors');
    expect(() => openArtefact(other)).toThrow(
      /is not what a run has kept: its format is .*, not "adapterlab\/artefact\/1"/,
    );
  });
});
