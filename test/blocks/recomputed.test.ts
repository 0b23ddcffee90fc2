/** Layers that are computed again in backward: the same numbers to the bit, from less that is kept. */
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { onTargets } from '../../src/adapters/placement.ts';
import type { Recipe } from '../../src/adapters/types.ts';
import { adamw } from '../../src/optim/adamw.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { dropoutMasks } from '../../src/train/dropout.ts';
import { createModel } from '../../src/train/model.ts';
import { startRun, train } from '../../src/train/trainer.ts';
import { drawnBase, gpt2Config, llamaConfig } from '../adapters/smallModel.ts';

beforeAll(async () => void (await startEngine()));

interface Trained {
  readonly losses: readonly number[];
  readonly gradients: readonly number[];
  readonly bytes: number;
}

/** Three steps of a lane a seed, each with two sequences of six tokens. */
function trained(config: object, recipe: Recipe, seeds: readonly number[], recompute: boolean): Trained {
  const base = drawnBase(config);
  const methodFor = onTargets(methodOf(recipe), base.sites, { targets: 'all-linear' });
  const model = createModel(base, { seeds, methodFor, steps: 3, recompute });
  const ids = Int32Array.from({ length: seeds.length * 12 }, (_, i) => (7 * i) % 23);
  const gradients: number[] = [];
  const run = startRun(model, {
    steps: 3,
    batch: () => ({ ids, labels: ids, length: 6 }),
    optimizer: adamw(),
    schedule: { type: 'constant', warmupSteps: 0 },
    learningRates: seeds.map(() => 0.01),
    masks: dropoutMasks(seeds),
    onGradient: (_, read) => void gradients.push(...read()),
  });
  const steps = train(run);
  const losses = [...steps.next().value.lossNats];
  const { numTensors } = tf.memory();
  losses.push(...steps.next().value.lossNats);
  expect(tf.memory().numTensors).toBe(numTensors);
  losses.push(...steps.next().value.lossNats);
  const bytes = model.activationBytes;
  run.dispose();
  model.dispose();
  base.dispose();
  return { losses, gradients, bytes };
}

describe.each([
  ['llama', llamaConfig],
  ['gpt2', gpt2Config],
])('%s with layers computed again', (_, config) => {
  test.each([
    ['LoRA', lora({ rank: 2 }), [0]],
    ['LoRA with dropout', lora({ rank: 2, dropout: 0.3 }), [0]],
    ['DoRA with dropout', dora({ rank: 2, dropout: 0.3 }), [0]],
    ['two lanes of DoRA with dropout', dora({ rank: 2, dropout: 0.3 }), [0, 1]],
    ['full fine-tuning', full(), [0]],
  ] as const)('%s: losses and gradients are the same to the bit', (_name, recipe, seeds) => {
    const kept = trained(config, recipe, seeds, false);
    const again = trained(config, recipe, seeds, true);
    expect(again.losses).toEqual(kept.losses);
    expect(again.gradients).toEqual(kept.gradients);
    expect(kept.gradients.some((g) => g !== 0)).toBe(true);
    expect(again.bytes).toBeLessThan(0.6 * kept.bytes);
  });
});

test('an input for each layer is kept, and nothing of what is in it', () => {
  const deep = (layers: number): number =>
    trained({ ...llamaConfig, num_hidden_layers: layers }, lora({ rank: 2 }), [0], true).bytes;
  const { hidden_size: width } = llamaConfig as { hidden_size: number };
  expect(deep(5) - deep(2)).toBe(3 * 4 * 12 * width);
});
