/** What one training step is made of: parts, clipping, schedule, decay, and a penalty that is not part of the loss. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { sgd } from '../../src/optim/sgd.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import type { Base } from '../../src/train/base.ts';
import type { TrainPlan } from '../../src/train/trainer.ts';
import { subjects } from './subjects.ts';
import { baseOf, batchOf, largestDifference, rowsPerLane, trained, type Trained } from './tinyRun.ts';

const [subject] = subjects.filter(({ name }) => name === 'lora');
const lanes = [5, 6].map((seed) => ({ seed, learningRate: 0.1 }));
let base: Base;
beforeAll(async () => {
  await startEngine();
  base = baseOf(subject);
});
afterAll(() => base.dispose());

/** AdaLoRA with a penalty of this weight, by plain gradient descent. */
const ran = (plan: Partial<TrainPlan> = {}, penaltyWeight = 0.1): Trained =>
  trained(subject, base, lanes, {
    method: methodOf(adalora({ rank: 4, target: 2, penaltyWeight })),
    plan: { optimizer: sgd(), masks: undefined, ...plan },
  });

const column = ({ reports }: Trained, of: 'lossNats' | 'gradientNorm' | 'penalty', lane: number): number[] =>
  reports.map((report) => report[of][lane]);

test('a step in parts is the step of one batch that holds them all', () => {
  /** The part-th row of each lane. */
  const batch: TrainPlan['batch'] = (step, part) => {
    const { ids, length } = batchOf([5, 6], step);
    const own = (lane: number): number => (lane * rowsPerLane + part) * length;
    const row = Int32Array.from([0, 1].flatMap((lane) => [...ids.subarray(own(lane), own(lane) + length)]));
    return { ids: row, labels: row, length };
  };
  const [once, inParts] = [ran(), ran({ parts: rowsPerLane, batch })];
  for (const lane of [0, 1]) {
    expect(largestDifference(inParts.values[lane], once.values[lane])).toBeLessThan(1e-6);
    for (const of of ['lossNats', 'gradientNorm', 'penalty'] as const)
      expect(largestDifference(column(inParts, of, lane), column(once, of, lane)), of).toBeLessThan(2e-6);
  }
});

test('the penalty has its own column: the loss is the same whatever its weight, the gradient is not', () => {
  const [none, some, more] = [0, 0.1, 0.2].map((weight) => ran({}, weight));
  for (const lane of [0, 1]) {
    expect(column(none, 'penalty', lane)).toEqual([0, 0, 0, 0]);
    const [first, second] = [some, more].map((run) => column(run, 'penalty', lane)[0]);
    expect(first).toBeGreaterThan(0.1);
    expect(second / first).toBeCloseTo(2, 5);
    for (const run of [some, more]) {
      expect(column(run, 'lossNats', lane)[0]).toBe(column(none, 'lossNats', lane)[0]);
      expect(column(run, 'gradientNorm', lane)[0]).toBeGreaterThan(1.2 * column(none, 'gradientNorm', lane)[0]);
    }
  }
});

/** How far each lane of LoRA goes in the second step, and its gradient's norm. */
function secondStep(plan: Partial<TrainPlan>): { far: number[]; norms: readonly number[] } {
  const seen: Float32Array[] = [];
  const { reports } = trained(subject, base, lanes, {
    plan: { optimizer: sgd(), masks: undefined, ...plan },
    afterStep: (_step, model) => seen.push(model.arena.values.dataSync<'float32'>().slice()),
  });
  const [before, after] = seen;
  const size = before.length / 2;
  const far = [0, 1].map((lane) =>
    Math.hypot(...before.subarray(lane * size, (lane + 1) * size).map((value, i) => after[lane * size + i] - value)),
  );
  return { far, norms: reports[1].gradientNorm };
}

test('a gradient longer than the limit is cut to it, lane by lane; the norm that is reported is the uncut one', () => {
  const free = secondStep({});
  free.far.forEach((far, lane) => expect(far / (0.1 * free.norms[lane])).toBeCloseTo(1, 3));
  const limit = Math.min(...free.norms) / 2;
  const cut = secondStep({ maxGradientNorm: limit });
  for (const far of cut.far) expect(far / (0.1 * limit)).toBeCloseTo(1, 3);
  for (const norm of cut.norms) expect(norm).toBeGreaterThan(limit * 1.5);
});

test('a control acts after every step: ranks of each lane follow the budget', () => {
  const ranks: number[][] = [];
  trained(subject, base, lanes, {
    steps: 6,
    method: methodOf(adalora({ rank: 4, target: 2, every: 1, warmup: 1, tail: 2 })),
    afterStep(step, { controls: [control] }) {
      const of = [0, 1].map((lane) => control.activeRanks(lane)!.reduce((sum, rank) => sum + rank, 0));
      ranks.push([...of, control.budget(step)!]);
    },
  });
  const sites = 6;
  expect(ranks.map(([first]) => first)).toEqual([24, 15, 12, 12, 12, 12]); // 12 + 12 (1 − (t − 1)/3)³, then the target
  for (const [first, second, budget] of ranks) expect([first, second]).toEqual([budget, budget]);
  expect(ranks.at(-1)).toEqual([2 * sites, 2 * sites, 2 * sites]);
});

test('the rate follows the schedule, and each lane has its own', () => {
  const schedule = { type: 'linear', warmupSteps: 0 } as const; // 1, ¾, ½, ¼
  const { far, norms } = secondStep({ schedule, learningRates: [0.1, 0.02] });
  expect(far[0] / (0.75 * 0.1 * norms[0])).toBeCloseTo(1, 3);
  expect(far[1] / (0.75 * 0.02 * norms[1])).toBeCloseTo(1, 3);
});
