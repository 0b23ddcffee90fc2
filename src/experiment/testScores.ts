/** What a model scores on test data: of the target, of the source with its distance from the base, and of what is only observed. */
import type { Measured, Metrics, Scores } from '../results/record/measured.ts';
import { evaluate, evaluationTokens, type LaneMetrics, laneScores } from '../train/evaluate.ts';
import { klToBase } from '../train/klToBase.ts';
import { createModel, type Model } from '../train/model.ts';
import type { BetweenBatches } from '../train/sequenceScores.ts';
import type { Sample } from '../train/writtenTexts.ts';
import type { Material } from './material.ts';

/** Of one lane. */
export interface TestScores {
  readonly learn: LaneMetrics;
  /** With klToBase. */
  readonly retain: LaneMetrics;
  readonly observe: { readonly [task: string]: LaneMetrics };
  /** Of the target: some prompts, and what the lane wrote. */
  readonly samples: readonly Sample[];
}

/** One entry per lane. */
export async function testScores(model: Model, material: Material, between: BetweenBatches): Promise<TestScores[]> {
  const { learn, retain, observe } = material;
  const target = await laneScores(model, learn.test, between);
  const source = await evaluate(model, retain.test, between);
  const distances = await distancesFromBase(model, material, between);
  const observed: [string, LaneMetrics[]][] = [];
  for (const [name, set] of Object.entries(observe)) observed.push([name, await evaluate(model, set, between)]);
  return target.map(({ metrics, samples }, lane) => ({
    learn: metrics,
    retain: { ...source[lane]!, klToBase: distances[lane]! },
    observe: Object.fromEntries(observed.map(([name, lanes]) => [name, lanes[lane]!])),
    samples,
  }));
}

/** Tokens that every lane reads for that. */
export function testTokens({ learn, retain, observe }: Pick<Material, 'learn' | 'retain' | 'observe'>): number {
  const read = retain.test.sequences.reduce((sum, { ids }) => sum + ids.length, 0);
  const sets = [learn.test, retain.test, ...Object.values(observe)];
  return sets.reduce((sum, set) => sum + evaluationTokens(set), read);
}

async function distancesFromBase(model: Model, material: Material, between: BetweenBatches): Promise<number[]> {
  const plain = material.plainBase();
  const base = createModel(plain, { seeds: [0], methodFor: () => null });
  try {
    return await klToBase(model, base, material.retain.test.sequences, between);
  } finally {
    base.dispose();
  }
}

/** As records have them: validation scores beside those on test data. `rounded`: metrics as they are stored. */
export function scoresOf<T extends Measured>(
  validation: LaneMetrics,
  { learn, retain, observe }: TestScores,
  rounded: (metrics: LaneMetrics) => Metrics<T>,
): Scores<T> {
  const observed = Object.entries(observe).map(([name, metrics]) => [name, rounded(metrics)] as const);
  return {
    learn: { validation: rounded(validation), test: rounded(learn) },
    retain: { test: rounded(retain) },
    ...(observed.length > 0 && { observe: Object.fromEntries(observed) }),
  };
}
