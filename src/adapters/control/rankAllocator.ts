/**
 * AdaLoRA's rank allocator, arXiv:2303.10512 §3.2, Algorithm 1, as the official code and PEFT run it. After each step every triplet
 * (column of Q, λ, row of P) is scored; the lowest over all sites beyond the budget get λ = 0:
 *
 *   S = score(λ) + mean score(Q column) + mean score(P row);   with k = b₀ − b(t), λ ← 0 where S ≤ the k-th smallest S.
 *
 * The scores are those of Eq. 8 to 11, or another `importance` (importance/, one a file) where what they are worth is the question.
 * Masked triplets go on training and may revive until the budget is final; the last mask is then applied after every step.
 * Scores use the new values and the clipped gradient, penalty included; they stop when the budget is final.
 */
import tf from '@tensorflow/tfjs';
import { RequestError } from '../../errors.ts';
import { checkNames } from '../../optionNames.ts';
import type { Arena } from '../../tensor/arena.ts';
import type { Control, ControlRandom, ControlRule } from '../types.ts';
import { type BudgetSchedule, budgetAt, choosesMask } from './budget.ts';
import { type ImportanceName, importanceOf } from './importance/index.ts';
import type { ImportanceRule } from './importance/importance.ts';
import { checkPenalty, type OrthogonalityForm, orthogonalityPenalty } from './orthogonality.ts';
import { applyMask, chooseMask, keptRanks, type Triplets, tripletsOf } from './triplets.ts';

export interface RankAllocatorOptions {
  /** Mean rank of a site when the budget is final. */
  readonly target: number;
  /** Steps before the first pruning; a tenth of the run unless given. */
  readonly warmup?: number;
  /** Steps at the end at the final budget; a quarter of the run unless given. */
  readonly tail?: number;
  /** A new mask every so many steps. */
  readonly every?: number;
  /**
   * What a triplet is worth. Unless given 'full', the paper's; for its ablation 'sensitivity' (s = I), 'magnitude' (S = |λ|), 'random'
   * (an order drawn for each mask), 'randomOrder' (drawn once), or a rule of one's own.
   */
  readonly importance?: ImportanceName | ImportanceRule;
  readonly beta1?: number;
  readonly beta2?: number;
  /** Weight γ of the orthogonality penalty. */
  readonly penaltyWeight?: number;
  readonly penalty?: OrthogonalityForm;
}

const names = ['target', 'warmup', 'tail', 'every', 'importance', 'beta1', 'beta2', 'penaltyWeight', 'penalty'];

export function rankAllocator(options: RankAllocatorOptions): ControlRule {
  checkNames('the rank allocator', options, names);
  const { target, warmup, tail, every = 10, beta1 = 0.85, beta2 = 0.85 } = options;
  const { penaltyWeight = 0.1, penalty = 'norm' } = options;
  const importance = importanceOf(options.importance ?? 'full');
  if (!Number.isInteger(target) || target < 1)
    throw new RequestError(`the rank allocator's target must be a whole number of at least 1, not ${target}`);
  if (!Number.isInteger(every) || every < 1)
    throw new RequestError(`the rank allocator masks every so many whole steps, at least 1, not ${every}`);
  for (const [name, beta] of Object.entries({ beta1, beta2 }))
    if (!(beta >= 0 && beta < 1))
      throw new RequestError(`the rank allocator's ${name} must be at least 0 and below 1, not ${beta}`);
  checkPenalty("the rank allocator's penalty", penaltyWeight, penalty);
  for (const [name, steps] of Object.entries({ warmup, tail }))
    if (steps !== undefined && !(Number.isInteger(steps) && steps >= 0))
      throw new RequestError(`the rank allocator's ${name} must be a whole number of steps, at least 0, not ${steps}`);
  const given = {
    ...(warmup === undefined ? {} : { warmup }),
    ...(tail === undefined ? {} : { tail }),
    ...(importance.spec.type === 'full' ? {} : { importance: importance.spec }),
  };
  return {
    spec: { type: 'rankAllocator', target, every, beta1, beta2, penaltyWeight, penalty, ...given },
    meanRankAtEnd: target,
    create(sites, arena, steps, random) {
      const triplets = sites.map((site) => tripletsOf(site));
      const initial = triplets.reduce((sum, { rank }) => sum + rank, 0);
      const schedule: BudgetSchedule = {
        initial,
        steps,
        every,
        final: target * sites.length,
        warmup: warmup ?? Math.floor(steps / 10),
        tail: tail ?? Math.floor(steps / 4),
      };
      if (schedule.final > initial)
        throw new RequestError(`the rank allocator's target ${target} is above the initial rank; start higher`);
      if (schedule.warmup >= steps - schedule.tail)
        throw new RequestError(
          `the rank allocator has no steps left to prune: warm-up ${schedule.warmup} and tail ${schedule.tail} of ${steps} steps`,
        );
      return allocate(triplets, arena, schedule, { importance, beta1, beta2, random, penaltyWeight, penalty });
    },
  };
}

function allocate(
  sites: readonly Triplets[],
  arena: Arena,
  schedule: BudgetSchedule,
  options: {
    importance: ImportanceRule;
    beta1: number;
    beta2: number;
    random: ControlRandom;
    penaltyWeight: number;
    penalty: OrthogonalityForm;
  },
): Control {
  const factors = sites.flatMap(({ down, up }) => [down, up]);
  const { importance, beta1, beta2, random } = options;
  const lanes = Array.from({ length: arena.lanes }, (_, lane) =>
    importance.create({ count: arena.count, beta1, beta2, random: (...purpose) => random(lane, ...purpose) }),
  );
  /** 1 where a λ is kept, per lane and in the order of the sites; empty before the first mask. */
  let masks: (Float32Array | null)[] = lanes.map(() => null);
  const kept = schedule.steps - schedule.tail;

  return {
    sites: sites.map(({ name }) => name),
    penalty() {
      if (options.penaltyWeight === 0) return lanes.map(() => 0);
      return [...orthogonalityPenalty(factors, options.penaltyWeight, options.penalty)];
    },
    precondition: (gradient) => gradient,
    afterStep(step, gradient, alive) {
      const values = arena.values.dataSync() as Float32Array;
      const row = (all: Float32Array, lane: number): Float32Array =>
        all.subarray(lane * arena.count, (lane + 1) * arena.count);
      if (step < kept) {
        const gradients = gradient.dataSync() as Float32Array;
        lanes.forEach((lane, i) => alive[i] && lane.update(row(values, i), row(gradients, i)));
      }
      const chooses = choosesMask(step, schedule);
      const pruned = schedule.initial - budgetAt(step, schedule);
      if (chooses)
        masks = lanes.map((lane, i) =>
          alive[i] ? chooseMask(lane.scores(sites, row(values, i), step), pruned) : masks[i]!,
        );
      if (!chooses && !(step > kept)) return;
      const next = values.slice();
      lanes.forEach((_, i) => alive[i] && applyMask(sites, row(next, i), masks[i]!));
      arena.replace(tf.tensor2d(next, [arena.lanes, arena.count]));
    },
    activeRanks(lane) {
      return keptRanks(sites, masks[lane]);
    },
    budget: (step) => budgetAt(step, schedule),
    save() {
      return Object.fromEntries(
        lanes.flatMap((lane, i) => [
          ...Object.entries(lane.memory).map(([name, held]) => [`${name}.${i}`, held.slice()] as const),
          ...(masks[i] ? [[`mask.${i}`, masks[i].slice()] as const] : []),
        ]),
      );
    },
    restore(state) {
      lanes.forEach((lane, i) => {
        for (const [name, held] of Object.entries(lane.memory)) held.set(state[`${name}.${i}`]);
      });
      masks = lanes.map((_, i) => state[`mask.${i}`]?.slice() ?? null);
    },
  };
}
