import { beforeAll, describe, expect, it } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { ia3 } from '../../src/adapters/methods/ia3.ts';
import { magnitude } from '../../src/adapters/rescale/magnitude.ts';
import { none } from '../../src/adapters/update/none.ts';
import { dense } from '../../src/adapters/update/dense.ts';
import { RequestError } from '../../src/errors.ts';
import { replayRun } from '../../src/parity/replayRun.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import type { Base } from '../../src/train/base.ts';
import { createModel } from '../../src/train/model.ts';
import { describeWithShared, shared } from '../shared.ts';
import { checkMethod } from './methodChecks.ts';
import { drawnBase, gpt2Config, llamaConfig, onTargets } from './smallModel.ts';

beforeAll(async () => void (await startEngine()));

describeWithShared('IA³ in PEFT', () => {
  it('gives the recorded losses, gradients and tensors', () => {
    const { deviations } = replayRun(shared('fixtures/runs/extra-ia3'));
    expect(Object.keys(deviations)).toEqual(
      expect.arrayContaining(['losses', 'gradients', 'adapterFinal', 'logitsMerged']),
    );
    for (const [what, { value, tolerance }] of Object.entries(deviations))
      expect(value, what).toBeLessThanOrEqual(tolerance);
  });
});

describe.each([
  {
    what: 'keys, values and the inner activations of a Llama',
    config: llamaConfig,
    targets: ['k_proj', 'v_proj', 'down_proj'],
  },
  {
    what: 'the same of a GPT-2, where keys and values are parts of c_attn',
    config: gpt2Config,
    targets: ['c_attn:key', 'c_attn:value', 'mlp.c_proj'],
  },
  { what: 'every linear map, with biases', config: gpt2Config, targets: 'all-linear' },
])('IA³ on $what', ({ config, targets }) => {
  let base: Base;
  beforeAll(() => void (base = drawnBase(config)));
  checkMethod(
    () => base,
    () => onTargets(ia3(), targets),
  );
});

describe('a magnitude without an update', () => {
  let base: Base;
  beforeAll(() => void (base = drawnBase(llamaConfig)));
  checkMethod(
    () => base,
    () => onTargets({ update: none(), rescale: magnitude() }, 'all-linear'),
  );
});

describe('IA³', () => {
  const rolesOn = (targets: string[], feedForward?: string[]): string[] => {
    const methodFor = onTargets(ia3(feedForward && { feedForward }), targets);
    const { arena } = createModel(drawnBase(gpt2Config), { seeds: [0], methodFor });
    return arena.parameters.slice(0, 2).map(({ role, size }) => `${role} ${size}`);
  };

  it('scales the input of the second map of a feed-forward, the output of others', () => {
    expect(rolesOn(['c_proj'])).toEqual(['outputScale 12', 'inputScale 48']); // of attention, of the feed-forward
    expect(rolesOn(['c_fc'])).toEqual(['outputScale 48', 'outputScale 48']);
  });

  it('takes the names of such maps', () => {
    expect(rolesOn(['c_proj'], [])).toEqual(['outputScale 12', 'outputScale 12']);
    expect(rolesOn(['c_fc'], ['c_fc'])).toEqual(['inputScale 12', 'inputScale 12']);
  });

  it('multiplies the bias too, when it is merged', () => {
    const model = createModel(drawnBase(gpt2Config), { seeds: [0], methodFor: onTargets(ia3(), ['c_fc']) });
    expect(model.adapters[0].rescale).toMatchObject({ side: 'output', withBias: true });
  });

  it('refuses what it cannot scale', () => {
    const base = drawnBase(gpt2Config);
    const model = (targets: string[], feedForward?: string[]) => () =>
      createModel(base, { seeds: [0], methodFor: onTargets(ia3(feedForward && { feedForward }), targets) });
    expect(model(['c_attn:query'], ['c_attn:query'])).toThrow(/shares its input/);
    expect(model(['ln_1.weight'])).toThrow(/of the kind vector/);
  });
});

describe('parts of a fused projection', () => {
  it('are asked for only where the whole gets nothing', () => {
    const asked: string[] = [];
    const methodFor = (name: string): null => (asked.push(name), null);
    createModel(drawnBase(gpt2Config), { seeds: [0], methodFor });
    expect(asked).toContain('transformer.h.0.attn.c_attn:query');
    const all = methodOf({ update: dense() });
    const whole = createModel(drawnBase(gpt2Config), { seeds: [0], methodFor: () => all });
    const sites = whole.arena.parameters.map(({ site }) => site);
    expect(sites).toContain('transformer.h.0.attn.c_attn');
    expect(sites.some((site) => site.includes(':'))).toBe(false);
  });

  it('cannot be replaced one by one', () => {
    const methodFor = onTargets({ update: dense() }, ['c_attn:query']);
    expect(() => createModel(drawnBase(gpt2Config), { seeds: [0], methodFor })).toThrow(RequestError);
  });
});
