/** The allocator on two sites of rank 2 between one input and one output, every number by hand. */
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { rankAllocator, type RankAllocatorOptions } from '../../../src/adapters/control/rankAllocator.ts';
import { tripletScores } from '../../../src/adapters/control/triplets.ts';
import { full } from '../../../src/adapters/control/importance/full.ts';
import type { Control } from '../../../src/adapters/types.ts';
import { RequestError } from '../../../src/errors.ts';
import { type Arena, createArena } from '../../../src/tensor/arena.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { stream } from '../../../src/tensor/random.ts';
import { expectNear } from '../../blocks/blockContract.ts';

beforeAll(async () => void (await startEngine()));

const roles = { down: [1, 2], singular: [2], up: [2, 1] };

/** All numbers are one. Six a site: Q, λ, P. */
function allocator(
  options: Partial<RankAllocatorOptions> = {},
  steps = 4,
  seed = 0,
): { arena: Arena; control: Control } {
  const arena = createArena(1);
  const sites = ['a', 'b'].map((name) => ({
    name,
    derived: {},
    parameters: Object.entries(roles).map(([role, shape]) =>
      arena.parameter(name, role, shape, () => new Float32Array(2).fill(1)),
    ),
  }));
  arena.start();
  const rule = rankAllocator({ target: 1, warmup: 0, tail: 1, every: 1, penaltyWeight: 0, ...options });
  return { arena, control: rule.create(sites, arena, steps, (_lane, ...names) => stream(seed, ...names)) };
}

/** A step with these gradients of a's and b's λ, and of nothing else. */
function step(it: { arena: Arena; control: Control }, at: number, [a1, a2, b1, b2]: readonly number[]): void {
  const gradient = tf.tensor2d([[0, 0, a1, a2, 0, 0, 0, 0, b1, b2, 0, 0]]);
  it.control.afterStep(at, gradient, [true]);
  gradient.dispose();
}

const lambdas = ({ arena }: { arena: Arena }): number[] =>
  arena.parameters.filter(({ role }) => role === 'singular').flatMap((parameter) => [...arena.read(parameter, 0)]);
const refill = ({ arena }: { arena: Arena }): void => arena.load(new Float32Array(12).fill(1));

test('a triplet scores as its λ and the means over its column of Q and its row of P', () => {
  const { arena } = allocator();
  const its = full().create({ count: 12, beta1: 0.85, beta2: 0.85, random: () => stream(0) });
  its.update(new Float32Array(12).fill(1), Float32Array.of(1, 0, 2, 0, 3, 0, 0, 0, 0, 1, 0, 0));
  const of = (site: string, role: string): Arena['parameters'][number] =>
    arena.parameters.find((p) => p.site === site && p.role === role)!;
  const sites = ['a', 'b'].map((name) => ({
    name,
    rank: 2,
    down: of(name, 'down'),
    singular: of(name, 'singular'),
    up: of(name, 'up'),
  }));
  const unit = 0.15 * 0.15 * 0.85; // score of |w g| = 1 after one step
  expectNear([...its.scores(sites, new Float32Array(12), 1)], [unit * (1 + 4 + 9), 0, 0, unit], 1e-8, 'scores');
  arena.dispose();
});

test('sums over a column of Q and a row of P count as their means', () => {
  const arena = createArena(1);
  const [down, singular, up] = [
    arena.parameter('a', 'down', [4, 1], () => new Float32Array(4)),
    arena.parameter('a', 'singular', [1], () => new Float32Array(1)),
    arena.parameter('a', 'up', [1, 2], () => new Float32Array(2)),
  ];
  const scores = [1, 2, 3, 6, 10, 5, 7];
  expect(tripletScores([{ name: 'a', rank: 1, down, singular, up }], (i) => scores[i])).toEqual([12 / 4 + 10 + 12 / 2]);
});

describe('masks', () => {
  test('the lowest over all sites go: four triplets, budget 2 after the first step', () => {
    const it = allocator();
    expect(it.control.activeRanks(0)).toEqual([2, 2]);
    step(it, 1, [1, 2, 3, 4]);
    expect(it.control.budget(1)).toBe(2);
    expect(lambdas(it)).toEqual([0, 0, 1, 1]);
    expect(it.control.activeRanks(0)).toEqual([0, 2]);
    expect(it.control.sites).toEqual(['a', 'b']);
    it.arena.dispose();
  });

  test('a masked triplet may come back while the budget falls; afterwards the last mask stays', () => {
    const it = allocator({}, 5);
    step(it, 1, [1, 2, 3, 4]);
    expect(lambdas(it)).toEqual([0, 0, 1, 1]);
    refill(it);
    step(it, 2, [30, 20, 3, 4]);
    expect(lambdas(it)).toEqual([1, 1, 0, 0]);
    refill(it);
    step(it, 4, [0, 0, 99, 99]); // the budget is final: its mask goes by the scores before it
    expect(lambdas(it)).toEqual([1, 1, 0, 0]);
    refill(it);
    step(it, 5, [0, 0, 99, 99]);
    expect(lambdas(it)).toEqual([1, 1, 0, 0]);
    it.arena.dispose();
  });

  test('scores use the new values and this gradient', () => {
    const it = allocator();
    it.arena.load(Float32Array.of(1, 1, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1));
    step(it, 1, [1, 2, 3, 4]);
    expect(lambdas(it)).toEqual([9, 0, 0, 1]);
    it.arena.dispose();
  });

  test('equal scores at the threshold all go', () => {
    const it = allocator();
    step(it, 1, [1, 1, 1, 4]);
    expect(lambdas(it)).toEqual([0, 0, 0, 1]);
    it.arena.dispose();
  });

  test('nothing goes where the target is the initial rank', () => {
    const it = allocator({ target: 2 });
    step(it, 1, [0, 0, 0, 0]);
    expect(lambdas(it)).toEqual([1, 1, 1, 1]);
    it.arena.dispose();
  });

  test('a run that goes on from what was saved has the same masks', () => {
    const [whole, cut] = [allocator(), allocator()];
    for (const it of [whole, cut]) step(it, 1, [1, 2, 3, 4]);
    const resumed = allocator();
    resumed.control.restore(structuredClone(cut.control.save()));
    for (const it of [whole, resumed]) {
      refill(it);
      step(it, 2, [5, 5, 1, 1]);
      step(it, 3, [0, 0, 0, 0]);
      refill(it);
      step(it, 4, [0, 0, 0, 0]);
    }
    expect(lambdas(resumed)).toEqual(lambdas(whole));
    expect(resumed.control.save()).toEqual(whole.control.save());
    for (const it of [whole, cut, resumed]) it.arena.dispose();
  });
});

describe('another importance', () => {
  test('the magnitude keeps the largest |λ| as they are, whatever the gradients', () => {
    const it = allocator({ importance: 'magnitude' });
    it.arena.load(Float32Array.of(1, 1, 2, -9, 1, 1, 1, 1, -3, 1, 1, 1));
    step(it, 1, [99, 0, 0, 99]);
    expect(lambdas(it)).toEqual([0, -9, -3, 0]);
    it.arena.dispose();
  });

  test("the sensitivity is this step's |w g|, not smoothed; a run that goes on knows it", () => {
    const [it, resumed] = [1, 2].map(() => allocator({ importance: 'sensitivity' }, 5));
    step(it, 1, [90, 90, 1, 2]);
    refill(it);
    step(it, 2, [1, 2, -4, 3]);
    expect(lambdas(it)).toEqual([0, 0, 1, 1]);
    resumed.control.restore(structuredClone(it.control.save()));
    for (const one of [it, resumed]) {
      refill(one);
      step(one, 4, [9, 9, 0, 0]); // the budget is final: its mask goes by the scores before it
      expect(lambdas(one)).toEqual([0, 0, 1, 1]);
      one.arena.dispose();
    }
  });

  /** Which λ are kept after each of these steps. */
  const kept = (options: Partial<RankAllocatorOptions>, seed: number, from = 1): number[][] => {
    const it = allocator({ target: 1, ...options }, 40, seed);
    const masks = [30, 31, 32, 33, 34, 35].slice(from - 1).map((at) => {
      refill(it);
      step(it, at, [1, 2, 3, 4]);
      return lambdas(it);
    });
    it.arena.dispose();
    return masks;
  };
  const differing = (masks: readonly number[][]): number => new Set(masks.map(String)).size;

  test('a random one is drawn anew for each mask, from seed and step, so that a stopped run goes on the same', () => {
    const masks = kept({ importance: 'random' }, 7);
    for (const mask of masks) expect(mask.filter((value) => value === 1)).toHaveLength(2);
    expect(differing(masks)).toBeGreaterThan(2);
    expect(kept({ importance: 'random' }, 7, 4)).toEqual(masks.slice(3));
    expect(kept({ importance: 'random' }, 8)).not.toEqual(masks);
  });

  test('a random order is drawn once: what is pruned stays so', () => {
    const masks = kept({ importance: 'randomOrder' }, 7);
    expect(differing(masks)).toBe(1);
    expect(masks[0].filter((value) => value === 1)).toHaveLength(2);
    expect(
      new Set(Array.from({ length: 20 }, (_, seed) => String(kept({ importance: 'randomOrder' }, seed)[0]))).size,
    ).toBe(6);
  });

  test('each lane has its own', () => {
    const its = (lane: number): number[] => {
      const stream0 = rankAllocator({
        target: 1,
        importance: 'random',
        warmup: 0,
        tail: 0,
        every: 1,
        penaltyWeight: 0,
      });
      const arena = createArena(2);
      const parameters = Object.entries(roles).map(([role, shape]) =>
        arena.parameter('a', role, role === 'singular' ? [20] : shape.map((n) => (n === 2 ? 20 : n)), () =>
          new Float32Array(20).fill(1),
        ),
      );
      arena.start();
      const control = stream0.create([{ name: 'a', derived: {}, parameters }], arena, 4, (of, ...names) =>
        stream(of, ...names),
      );
      const gradient = tf.zeros([2, 60]) as tf.Tensor2D;
      control.afterStep(3, gradient, [true, true]);
      const values = [...arena.read(parameters[1], lane)];
      gradient.dispose();
      arena.dispose();
      return values;
    };
    expect(its(0)).not.toEqual(its(1));
  });

  test("a rule of one's own, which is in the spec; the paper's is not, named or not", () => {
    const own = {
      spec: { type: 'last' },
      create: () => ({ memory: {}, update: () => {}, scores: () => [1, 2, 3, 4] }),
    };
    const it = allocator({ importance: own });
    step(it, 1, [9, 9, 1, 1]);
    expect(lambdas(it)).toEqual([0, 0, 1, 1]);
    it.arena.dispose();
    expect(rankAllocator({ target: 1, importance: own }).spec.importance).toEqual({ type: 'last' });
    expect(rankAllocator({ target: 1, importance: 'full' }).spec).toEqual(rankAllocator({ target: 1 }).spec);
    expect(JSON.stringify(rankAllocator({ target: 1 }).spec)).toBe(
      '{"type":"rankAllocator","target":1,"every":10,"beta1":0.85,"beta2":0.85,"penaltyWeight":0.1,"penalty":"norm"}',
    );
  });
});

describe('refuses', () => {
  test.each([
    [
      { importance: 'best' as never },
      /importance is full, sensitivity, magnitude, random, randomOrder or .*not "best"/,
    ],
    [{ penalty: 'cubed' as never }, /the form 'norm' or 'squared', not "cubed"/],
    [{ penaltyWeight: -1 }, /a weight of at least 0, not -1/],
    [{ target: 0 }, /target must be a whole number of at least 1, not 0/],
    [{ target: 3 }, /target 3 is above the initial rank/],
    [{ every: 0 }, /at least 1, not 0/],
    [{ warmup: 3 }, /no steps left to prune: warm-up 3 and tail 1 of 4 steps/],
  ])('%o', (options, message) => {
    expect(() => allocator(options)).toThrow(RequestError);
    expect(() => allocator(options)).toThrow(message);
  });

  test('an update without singular values, and says which update has them', () => {
    const arena = createArena(1);
    const parameters = [arena.parameter('a', 'down', [1, 2], () => new Float32Array(2))];
    const create = (): Control =>
      rankAllocator({ target: 1 }).create([{ name: 'a', parameters, derived: {} }], arena, 10, () => stream(0));
    expect(create).toThrow(/needs a 'singular' parameter at a; use it with the svd update/);
  });
});
