/** The allocator on two sites of rank 2 between one input and one output, every number by hand. */
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { rankAllocator, type RankAllocatorOptions } from '../../../src/adapters/control/rankAllocator.ts';
import { tripletScores } from '../../../src/adapters/control/triplets.ts';
import { importance } from '../../../src/adapters/control/importance.ts';
import type { Control } from '../../../src/adapters/types.ts';
import { RequestError } from '../../../src/errors.ts';
import { type Arena, createArena } from '../../../src/tensor/arena.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { expectNear } from '../../blocks/blockContract.ts';

beforeAll(async () => void (await startEngine()));

const roles = { down: [1, 2], singular: [2], up: [2, 1] };

/** All numbers are one. Six a site: Q, λ, P. */
function allocator(options: Partial<RankAllocatorOptions> = {}, steps = 4): { arena: Arena; control: Control } {
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
  return { arena, control: rule.create(sites, arena, steps) };
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
  const its = importance(12, 0.85, 0.85);
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
  expectNear(tripletScores(sites, its), [unit * (1 + 4 + 9), 0, 0, unit], 1e-8, 'scores');
  arena.dispose();
});

test('sums over a column of Q and a row of P count as their means', () => {
  const arena = createArena(1);
  const [down, singular, up] = [
    arena.parameter('a', 'down', [4, 1], () => new Float32Array(4)),
    arena.parameter('a', 'singular', [1], () => new Float32Array(1)),
    arena.parameter('a', 'up', [1, 2], () => new Float32Array(2)),
  ];
  const its = importance(7, 0, 0);
  its.sensitivity.set([1, 2, 3, 6, 10, 5, 7]);
  its.uncertainty.fill(1);
  expect(tripletScores([{ name: 'a', rank: 1, down, singular, up }], its)).toEqual([12 / 4 + 10 + 12 / 2]);
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

describe('refuses', () => {
  test.each([
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
      rankAllocator({ target: 1 }).create([{ name: 'a', parameters, derived: {} }], arena, 10);
    expect(create).toThrow(/needs a 'singular' parameter at a; use it with the svd update/);
  });
});
