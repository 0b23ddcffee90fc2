/** A strength factor on adapters in place: the base at 0, halfway at ½, the adapted network to the bit at 1. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compose, methodOf } from '../../src/adapters/compose.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { ia3 } from '../../src/adapters/methods/ia3.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { inputOutputScale } from '../../src/adapters/rescale/inputOutputScale.ts';
import { adaptedMap } from '../../src/adapters/adaptedMap.ts';
import { adaptedTable } from '../../src/adapters/adaptedTable.ts';
import type { Recipe, Site } from '../../src/adapters/types.ts';
import type { Block } from '../../src/blocks/block.ts';
import { createArena } from '../../src/tensor/arena.ts';
import { scoped, startEngine } from '../../src/tensor/engine.ts';
import { float32Kernel, float32Table } from '../../src/tensor/frozen.ts';
import { stream } from '../../src/tensor/random.ts';
import { idsOf } from '../../src/tensor/siteInput.ts';
import { loadBase, type Base } from '../../src/train/base.ts';
import { createModel } from '../../src/train/model.ts';
import { expectNear } from '../blocks/blockContract.ts';
import { baseLogits, logitsOf } from '../contract/tinyRun.ts';
import { tinyGpt2 } from '../tinyLlama.ts';
import { numbers } from './oneSite.ts';

beforeAll(async () => void (await startEngine()));

const [inputs, outputs] = [5, 3];
const drawn = (name: string, size: number): Float32Array => stream(4, name).fillNormal(new Float32Array(size), 1);
const pass = { sequences: 1, length: 4, padding: null, saves: false, wantsInput: false, cache: null, mask: () => null };

/** Outputs of a site with drawn numbers at each strength. */
function at(strengths: readonly number[], recipe: Recipe, kind: Site['kind']): number[][] {
  const { update: updateRule, rescale: rescaleRule } = methodOf(recipe);
  const kernel = float32Kernel(drawn('kernel', inputs * outputs), [inputs, outputs]);
  const table = float32Table(drawn('kernel', inputs * outputs), [inputs, outputs]);
  const arena = createArena(1);
  const site: Site = { name: 'site', kind, shape: kernel.shape, use: kernel.use };
  const context = { arena, random: () => stream(1) };
  const update = updateRule.create(site, context);
  const rescale = rescaleRule.create(site, update, context);
  arena.start();
  arena.load(drawn('values', arena.count));
  let now = 1;
  const strength = (): number => now;
  // oxlint-disable-next-line no-explicit-any
  const block: Block<any, Tensor2D> =
    kind === 'embedding'
      ? adaptedTable(table, update, rescale, strength)
      : adaptedMap({ name: 'site', kernel, bias: null, update, rescale, dropout: 0, strength });
  const results = strengths.map((value) => {
    now = value;
    return scoped(() => {
      const x =
        kind === 'embedding' ? idsOf(Int32Array.of(0, 3, 3, 1)) : tf.tensor2d(drawn('x', 4 * inputs), [4, inputs]);
      return numbers(block.forward(x, pass).y);
    })();
  });
  arena.dispose();
  kernel.dispose();
  table.dispose();
  return results;
}

describe.each([
  ['LoRA', lora({ rank: 2 }), 'linear'],
  ['DoRA', dora({ rank: 2 }), 'linear'],
  ['full', full(), 'linear'],
  ['IA³ on the output', ia3(), 'linear'],
  ['IA³ on the input', ia3({ feedForward: ['site'] }), 'linear'],
  ['LoRA beside IA³', compose(lora({ rank: 2 }), { rescale: inputOutputScale() }), 'linear'],
  ['LoRA on a table', lora({ rank: 2 }), 'embedding'],
  ['DoRA on a table', dora({ rank: 2 }), 'embedding'],
] as const)('%s', (_name, recipe, kind) => {
  test('the output goes along a straight line from the base', () => {
    const [none, quarter, half, one, twice] = at([0, 0.25, 0.5, 1, 2], recipe, kind);
    const between = (share: number): number[] => none.map((value, i) => value + share * (one[i] - value));
    expect(Math.max(...none.map((value, i) => Math.abs(value - one[i])))).toBeGreaterThan(0.1);
    expectNear(quarter, between(0.25), 1e-6, 'a quarter');
    expectNear(half, between(0.5), 1e-6, 'a half');
    expectNear(twice, between(2), 1e-6, 'twice');
  });
});

describe('in a network', () => {
  let base: Base;
  beforeAll(() => {
    base = loadBase(tinyGpt2());
  });
  afterAll(() => base.dispose());

  test('0 is the base, 1 the adapted network to the bit', () => {
    const method = methodOf(dora({ rank: 2 }));
    const model = createModel(base, { seeds: [1], methodFor: (name) => (/c_attn$|wte$/.test(name) ? method : null) });
    model.arena.load(drawn('model', model.arena.count));
    const adapted = logitsOf(model);
    model.strength = 0;
    expectNear(logitsOf(model), baseLogits(base), 1e-5, 'logits of the base');
    model.strength = 1;
    expect(logitsOf(model)).toEqual(adapted);
    model.dispose();
  });
});
