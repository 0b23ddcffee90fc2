/** The examples of the guides are run as they stand there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { methodOf } from '../src/adapters/compose.ts';
import type { Recipe } from '../src/adapters/types.ts';
import { sums } from '../src/data/smallWorld/sums.ts';
import { smallWorld } from '../src/experiment/base.ts';
import { defineExperiment, type Experiment, type ExperimentOptions } from '../src/experiment/define.ts';
import { runExperiment } from '../src/experiment/runner.ts';
import { families } from '../src/families/index.ts';
import { sitesOf } from '../src/families/sites.ts';
import type { TransformerArchitecture } from '../src/families/architecture.ts';
import { inspect } from '../src/inspect/inspect.ts';
import { compareModel } from '../src/parity/modelCase.ts';
import { reportContent } from '../src/report/content.ts';
import { readStore } from '../src/results/store.ts';
import { startEngine } from '../src/tensor/engine.ts';
import type { Base } from '../src/train/base.ts';
import { checkMethod } from './adapters/methodChecks.ts';
import { describeWithShared, shared } from './shared.ts';
import { drawnBase, gpt2Config, llamaConfig, onTargets } from './adapters/smallModel.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
beforeAll(() => startEngine());
afterAll(() => rmSync(folder, { recursive: true }));

/** The one TypeScript block of a guide as a module, as if it were a file in `home`. */
async function example<T>(guide: string, home: string): Promise<T> {
  const [block, ...others] = [
    ...readFileSync(path.join(root, 'docs', guide), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms),
  ];
  expect(others).toEqual([]);
  const text = block![1]!
    .replaceAll(/from '(\.[^']+)'/g, (_, from: string) => `from '${path.join(root, home, from)}'`)
    .replaceAll("from 'adapterlab'", `from '${path.join(root, 'src/index.ts')}'`);
  const file = path.join(folder, `${guide}.ts`);
  writeFileSync(file, text);
  return (await import(/* @vite-ignore */ file)) as T;
}

describe('docs/adding-a-method.md', () => {
  let recipe: Recipe;
  let base: Base;
  beforeAll(async () => {
    const { loraXs } = await example<{ loraXs: (options: { rank: number }) => Recipe }>(
      'adding-a-method.md',
      'src/adapters/methods',
    );
    recipe = loraXs({ rank: 3 });
    base = drawnBase(llamaConfig);
    expect(() => loraXs({ rank: 0 })).toThrow('the rank must be a whole number');
  });

  checkMethod(
    () => base,
    () => onTargets(recipe, ['q_proj', 'down_proj', 'embed_tokens']),
  );

  it('is counted by its outline', () => {
    const { totals } = inspect(base.architecture, methodOf(recipe).storage, onTargets(recipe, ['q_proj']));
    expect(totals.trainable).toBe(2 * 9);
    expect(totals.bytes.frozenAdapter).toBe(4 * 2 * 3 * (12 + 12));
  });
});

describe('docs/adding-a-model-family.md', () => {
  let base: Base;
  beforeAll(async () => {
    const { internlm } = await example<{ internlm: (config: object) => TransformerArchitecture }>(
      'adding-a-model-family.md',
      'src/families',
    );
    Object.assign(families, { internlm });
    expect(() => internlm({ ...llamaConfig, bias: 'yes' })).toThrow('bias should be true or false');
    base = drawnBase({ ...llamaConfig, model_type: 'internlm' });
  });
  afterAll(() => void Reflect.deleteProperty(families, 'internlm'));

  it('has biases in its attention alone', () => {
    const biased = sitesOf(base.architecture).filter(({ name }) => name.endsWith('.bias'));
    const inEachLayer = ['q_proj', 'k_proj', 'v_proj', 'o_proj'];
    expect(biased.map(({ name }) => name.split('.').at(-2))).toEqual([...inEachLayer, ...inEachLayer]);
  });

  describeWithShared('on the reference checkpoint', () => {
    it('gives what the reference implementation gives', () => {
      for (const { value, tolerance } of Object.values(compareModel(shared('fixtures/models/internlm'))))
        expect(value).toBeLessThanOrEqual(tolerance);
    });
  });

  checkMethod(
    () => base,
    () => onTargets({}, ['k_proj', 'o_proj']),
  );

  it('names every field of an architecture in its table', () => {
    const guide = readFileSync(path.join(root, 'docs/adding-a-model-family.md'), 'utf8');
    for (const field of Object.keys(families.gpt2!(gpt2Config))) expect(guide).toContain(`\`${field}`);
  });
});

describe('docs/experiments.md', () => {
  let experiment: Experiment;
  beforeAll(async () => {
    experiment = (await example<{ default: Experiment }>('experiments.md', 'experiments')).default;
  });

  it('is an experiment whose plan is what the guide says', () => {
    const { variants, train } = experiment;
    const named = Object.fromEntries(variants.map((variant) => [variant.name, variant]));
    const { DoRA: dora, full, 'DoRA, few': few } = named;
    expect(dora!.matched).toMatchObject({ rank: 7, alpha: 14, at: 'start', wanted: 43_776, got: 41_280 });
    expect(few).toMatchObject({ reference: 'LoRA, few', factors: { method: 'DoRA', examples: 400 } });
    expect(few!.learn.spec).toMatchObject({ type: 'sums', train: 400 });
    expect(full!.train).toEqual({ ...train, weightDecay: 0.01, optimizer: expect.any(Function) });
    expect(guide).toContain('rank 7 is nearest to (41,280 of 43,776)');
  });

  it('runs, and its report has what the guide says', async () => {
    const { folder: made, complete } = await runExperiment(experiment.quick!, { name: 'guide', results: folder });
    expect(complete).toBe(true);
    const { plan, read } = readStore(made);
    const { charts, answer } = reportContent(plan, read());
    expect(charts.map(({ name }) => name)).toContain('score-against-examples');
    expect(answer.caveats.join(' ')).toContain('Trained parameters are matched within 5.7\u00a0%');
  });

  it.each<[string, () => unknown]>([
    ['an experiment', () => defineExperiment({ zzz: 1 } as never)],
    ['a variant', () => defineExperiment(changed({ variants: { a: { recipe: {}, zzz: 1 } } }))],
    ['train', () => defineExperiment(changed({ train: { zzz: 1 } }))],
    ['match', () => defineExperiment(changed({ match: { zzz: 1 } }))],
  ])('has every option of %s in a table', (_, refused) => {
    const known = /There are (.*)$/.exec(messageOf(refused))![1]!.split(', ');
    expect(known.length).toBeGreaterThan(2);
    for (const name of known) expect(guide).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  });

  const guide = readFileSync(path.join(root, 'docs/experiments.md'), 'utf8');
  const changed = (change: object): ExperimentOptions => ({
    question: '',
    base: smallWorld(),
    learn: sums({ digits: 1 }),
    retain: sums({ digits: 2 }),
    adapt: 'all',
    variants: { a: {} },
    train: { steps: 1, batch: 1, learningRates: [1] },
    seeds: 1,
    ...change,
  });
});

function messageOf(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}
