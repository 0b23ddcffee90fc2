/** Every arm of the experiments can be written with the public names and learns on the embedded base; the two that cannot learn do not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as al from '../../src/index.ts';
import { release } from '../../src/tensor/engine.ts';

const steps = 6;
const rank = 4;

interface Arm {
  readonly recipe: al.Recipe;
  readonly targets?: string | readonly string[];
  readonly learningRate?: number;
  readonly weightDecay?: number;
  /** Both factors are zero, and so are their gradients. */
  readonly stays?: boolean;
}

const low = (options: Partial<al.LoraOptions>): Arm => ({ recipe: al.lora({ rank, ...options }) });
const sigma = 0.05;
const starts: Record<string, Arm> = {
  'A normal, B zero': low({ init: al.normalZero() }),
  'A zero, B normal': low({ init: al.zeroNormal() }),
  'both zero': { ...low({ init: al.bothZero() }), stays: true },
  'both normal': low({ init: al.bothNormal({ sigma }) }),
  'both normal, compensated': low({ init: al.bothNormalCompensated({ sigma }) }),
  Kaiming: low({ init: al.kaimingZero() }),
  orthogonal: low({ init: al.orthogonal() }),
  PiSSA: low({ init: al.pissa() }),
  OLoRA: low({ init: al.olora() }),
};

/** q_proj is 96 × 96, down_proj 256 × 96: their rank is 96 at most. */
const ranks: Record<string, Arm> = Object.fromEntries(
  [1, 8, 96].flatMap((r): [string, Arm][] => [
    [`rank ${r}, α fixed`, { recipe: al.lora({ rank: r, alpha: 16 }) }],
    [`rank ${r}, α = r`, { recipe: al.lora({ rank: r, alpha: r }) }],
    [`rank ${r}, rsLoRA`, { recipe: al.rslora({ rank: r, alpha: 16 }) }],
    [`rank ${r}, PiSSA`, { recipe: al.lora({ rank: r, init: al.pissa() }) }],
  ]),
);

const ratios: Record<string, Arm> = Object.fromEntries(
  [1, 2, 4, 8, 16, 32].map((ratio) => [
    `LoRA+ of ratio ${ratio}`,
    { recipe: al.loraPlus({ rank, ratio }), learningRate: 1e-3 },
  ]),
);

const pruning = { rank: 6, target: rank, warmup: 1, tail: 2, every: 1 };
const sizes: Record<string, Arm> = {
  ...Object.fromEntries(
    (['full', 'sensitivity', 'magnitude', 'random', 'randomOrder'] as const).map((importance) => [
      `AdaLoRA by ${importance}`,
      { recipe: al.adalora({ ...pruning, importance }), learningRate: 2e-2 },
    ]),
  ),
  'AdaLoRA without its penalty': { recipe: al.adalora({ ...pruning, penaltyWeight: 0 }), learningRate: 2e-2 },
  'SVD-LoRA': { recipe: al.svdLora({ rank }), learningRate: 2e-2 },
  'the SVD form alone': { recipe: al.svdLora({ rank, penaltyWeight: 0 }), learningRate: 2e-2 },
  'LoRA with the penalty': { recipe: al.compose(al.lora({ rank }), { control: al.orthogonality() }) },
};

const kinds = ['nf4', 'nf3', 'nf2', 'fp4', 'int4', 'int3', 'int2'] as const;
const storages: Record<string, Arm> = {
  ...Object.fromEntries(kinds.map((kind) => [`QLoRA on ${kind}`, { recipe: al.qlora({ rank, kind }) }])),
  'QLoRA on nf4, plain scales': { recipe: al.qlora({ rank, double: false }) },
  'LoRA on int8': { recipe: al.compose(al.lora({ rank }), { storage: al.int8() }) },
  'DoRA on 3 bits': { recipe: al.compose(al.dora({ rank }), { storage: al.normalFloat({ bits: 3 }) }) },
  'QDoRA with LoRA+': {
    recipe: al.compose(al.qdora({ rank }), { groups: al.fasterUp({ ratio: 8 }) }),
    learningRate: 1e-3,
  },
  'AdaLoRA on NF4': { recipe: al.compose(al.adalora(pruning), { storage: al.nf4() }), learningRate: 2e-2 },
  'PiSSA on NF4': { recipe: al.compose(al.lora({ rank, init: al.pissa() }), { storage: al.nf4() }) },
};

const whole: Record<string, Arm> = {
  'full fine-tuning': { recipe: al.full(), targets: 'all' },
  'full fine-tuning with weight decay': { recipe: al.full(), targets: 'all', weightDecay: 0.1 },
  'full fine-tuning with dropout': { recipe: al.full({ dropout: 0.1 }), targets: 'all' },
  'a random subspace of 10 dimensions': {
    recipe: al.randomSubspace({ dimension: 10 }),
    targets: 'all',
    learningRate: 0.1,
  },
  'a random subspace of 1000 dimensions': {
    recipe: al.randomSubspace({ dimension: 1000 }),
    targets: 'all',
    learningRate: 2e-2,
  },
  'LoRA with dropout': low({ dropout: 0.1 }),
};

let opened: ReturnType<ReturnType<typeof al.smallWorld>['open']>;
let batch: ReturnType<ReturnType<typeof al.trainingBatches>>;
beforeAll(async () => {
  await al.startEngine();
  opened = al.smallWorld().open();
  const examples = al.sums({ digits: 2, train: 64, validation: 1, test: 1 }).split('train');
  batch = al.trainingBatches(
    al.encodeAll(examples, opened.tokenizer, 64, () => {}),
    { rows: 8, seed: 0 },
  )(0);
});
afterAll(() => opened.checkpoint.close());

/** The loss on one batch, seen again and again, after each number of steps from 0 on; without dropout. */
function losses({ recipe, targets, learningRate = 5e-3, weightDecay = 0 }: Arm): number[] {
  const method = al.methodOf(recipe);
  const base = al.loadBase(opened.checkpoint, method.storage);
  const methodFor = al.onTargets(method, base.sites, { targets: targets ?? 'all-linear' });
  const model = al.createModel(base, { seeds: [1], steps, methodFor });
  const now = (): number => {
    const seen = model.batch(batch);
    const [loss] = model.lossAndGradients(seen, () => null);
    release(model.arena.takeGradient(), seen);
    return loss;
  };
  const run = al.startRun(model, {
    steps,
    batch: () => batch,
    masks: al.dropoutMasks([1]),
    optimizer: al.adamw(),
    schedule: { type: 'constant', warmupSteps: 0 },
    learningRates: [learningRate],
    weightDecay,
    maxGradientNorm: 1,
  });
  const found = [now()];
  for (const { lossNats } of al.train(run)) {
    expect(lossNats[0]).toBeGreaterThan(0);
    found.push(now());
  }
  run.dispose();
  model.dispose();
  base.dispose();
  return found;
}

describe.each(Object.entries({ starts, ranks, ratios, sizes, storages, whole }))('%s', (_name, arms) => {
  test.each(Object.entries(arms))('%s', (_arm, arm) => {
    const found = losses(arm);
    expect(found).toHaveLength(steps + 1);
    for (const loss of found) expect(Number.isFinite(loss)).toBe(true);
    if (arm.stays) expect(new Set(found).size).toBe(1);
    else expect(found.at(-1)).toBeLessThan(found[0] - 0.02);
  });
});

test('dropout changes what full fine-tuning learns, and so does weight decay', () => {
  const ends = ['full fine-tuning', 'full fine-tuning with weight decay', 'full fine-tuning with dropout'].map((name) =>
    losses(whole[name]).at(-1)!,
  );
  expect(new Set(ends).size).toBe(3);
});

test('each start has gradients at step 0 where its formula says so', () => {
  const norms = Object.fromEntries(
    Object.entries(starts).map(([name, { recipe }]) => {
      const method = al.methodOf(recipe);
      const base = al.loadBase(opened.checkpoint, method.storage);
      const model = al.createModel(base, {
        seeds: [1],
        methodFor: al.onTargets(method, base.sites, { targets: 'all-linear' }),
      });
      const run = al.startRun(model, {
        steps: 1,
        batch: () => batch,
        optimizer: al.adamw(),
        schedule: { type: 'constant', warmupSteps: 0 },
        learningRates: [1e-3],
      });
      const [{ gradientNormByRole }] = [...al.train(run)];
      run.dispose();
      model.dispose();
      base.dispose();
      return [name, { A: gradientNormByRole.down[0] > 0, B: gradientNormByRole.up[0] > 0 }];
    }),
  );
  const [none, a, b, both] = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ].map(([A, B]) => ({ A: A === 1, B: B === 1 }));
  expect(norms).toEqual({
    'A normal, B zero': b,
    'A zero, B normal': a,
    'both zero': none,
    'both normal': both,
    'both normal, compensated': both,
    Kaiming: b,
    orthogonal: both,
    PiSSA: both,
    OLoRA: both,
  });
});
