import { beforeAll, describe, expect, it } from 'vitest';
import { lora } from '../../src/adapters/methods/lora.ts';
import type { Sequence } from '../../src/data/encode.ts';
import { adamw } from '../../src/optim/adamw.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { type AdaptPlan, type Adapted, adaptText } from '../../src/train/adaptText.ts';
import { loadBase } from '../../src/train/base.ts';
import { createModel } from '../../src/train/model.ts';
import { onTargets } from '../adapters/smallModel.ts';
import { tinyLlama, tinyTokens } from '../tinyLlama.ts';

beforeAll(() => startEngine());

const sequences = Array.from({ length: 8 }, (_, i): Sequence => {
  const ids = tinyTokens(i % 2, 1, 12);
  return { ids, labels: ids.slice().fill(-100, 0, 1), completionBytes: 12, cut: false };
});
const plan: AdaptPlan = {
  training: sequences.slice(0, 6),
  validation: sequences.slice(6),
  steps: 12,
  batch: 3,
  seed: 4,
  optimizer: adamw(),
  schedule: { type: 'constant', warmupSteps: 0 },
  learningRate: 0.02,
  weightDecay: 0,
  maxGradientNorm: 1,
};

/** The run, and the numbers that it ended with. */
async function adapted(
  changes: Partial<AdaptPlan> = {},
  stopAt = Infinity,
): Promise<{ readonly result: Adapted; readonly values: number[] }> {
  const base = loadBase(tinyLlama());
  const methodFor = onTargets(lora({ rank: 2, dropout: 0.1 }), ['q_proj', 'v_proj']);
  const model = createModel(base, { seeds: [4], methodFor });
  const stop = new AbortController();
  if (stopAt === 0) stop.abort(new Error('stopped'));
  try {
    const result = await adaptText(
      model,
      { ...plan, ...changes },
      { signal: stop.signal, onStep: ({ step }) => step === stopAt && stop.abort(new Error('stopped')) },
    );
    return { result, values: [...model.arena.values.dataSync()] };
  } finally {
    model.dispose();
    base.dispose();
  }
}

describe('a model adapted to texts', () => {
  it('predicts what is held out better', async () => {
    const { result } = await adapted();
    expect(result).toMatchObject({ steps: 12, stopped: false });
    expect(result.lossNats).toHaveLength(12);
    expect(result.after!.lossNats).toBeLessThan(result.before!.lossNats - 0.02);
    expect(result.after!.tokens).toBe(22);
  });

  it('is the same every time, and another with another seed', async () => {
    const [one, again, other] = [await adapted(), await adapted(), await adapted({ seed: 5 })];
    expect(again.values).toEqual(one.values);
    expect(other.values).not.toEqual(one.values);
  });

  it('stops after the step in hand, where a run of as many steps would be', async () => {
    const { result, values } = await adapted({}, 5);
    expect(result).toMatchObject({ steps: 5, stopped: true, after: null });
    expect(result.before).not.toBeNull();
    expect(values).toEqual((await adapted({ steps: 5 })).values);
  });

  it('does nothing where it is stopped before', async () => {
    expect((await adapted({}, 0)).result).toMatchObject({ steps: 0, stopped: true, before: null, after: null });
  });

  it('is not scored where nothing is held out', async () => {
    expect((await adapted({ validation: [] })).result).toMatchObject({ steps: 12, before: null, after: null });
  });

  it('fails where the loss is not finite, and says what to do', async () => {
    await expect(adapted({ learningRate: 1e38, maxGradientNorm: Infinity })).rejects.toThrow(
      /the loss is not finite any more after step \d+ of 12; a lower learning rate/,
    );
  });
});
