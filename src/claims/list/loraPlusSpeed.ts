import type { FinishedRun } from '../../results/record.ts';
import { trajectory } from '../../results/trajectory.ts';
import { type Claim, from, fromEach } from '../claim.ts';
import { bestOf, type WeighedExperiment } from '../evidence.ts';
import { direction, fact, type Finding, plain, ratio, remark } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { less } from '../seedValues.ts';
import { alsoTested } from '../tested.ts';

/** LoRA+ by itself has this ratio too. */
const fast = 'λ 16';

export const loraPlusSpeed: Claim = {
  number: 12,
  claim:
    'LoRA+ (λ = 16) reaches LoRA’s final loss in fewer steps (up to half) and scores up to two points more; with λ = 1 it is LoRA exactly.',
  sections: [
    from('lora-plus-ratio', (experiment) => [...speed(experiment, fast), ...score(experiment)]),
    from('lora-plus-ratio', (experiment) => [sameAsLora(experiment)]),
    ...fromEach(['equal-footing', 'equal-footing-stories'], (experiment) => speed(experiment, 'LoRA+')),
    alsoTested('with λ = 1 a run is that of LoRA, to the bit', [
      { file: 'test/adapters/groups/groups.test.ts', title: 'a ratio of one is LoRA to the bit' },
    ]),
  ],
};

/** Both at their best rates: steps until LoRA's last validation loss of that seed, between evaluations on a straight line. */
function speed(experiment: WeighedExperiment, variant: string): Finding[] {
  const [plus, lora] = [bestOf(experiment, variant), bestOf(experiment, 'LoRA')];
  const pairs = plus.runs.flatMap((run) => {
    const other = lora.runs.find(({ plan }) => plan.seed === run.plan.seed);
    return other ? [{ run, other }] : [];
  });
  const ratios = pairs.flatMap(({ run, other }) => {
    const target = trajectory(other.evaluations).at(-1)?.targetLossNats;
    if (target === undefined) return [];
    const [mine, its] = [stepsTo(run, target), stepsTo(other, target)];
    return mine === null || its === null ? [] : [Math.log(mine / its)];
  });
  const never = pairs.length - ratios.length;
  const reached = `${never} of ${pairs.length} seeds of λ = 16 never come down to LoRA’s last loss; they have no ratio`;
  return [
    ...(never > 0 ? [fact(false, reached)] : []),
    ...(ratios.length > 0 ? [direction('steps to LoRA’s last loss, λ = 16 over LoRA', ratios, 'below', ratio)] : []),
  ];
}

/** Null where it never comes down to it. */
export function stepsTo(run: FinishedRun, targetLossNats: number): number | null {
  const points = trajectory(run.evaluations);
  const at = points.findIndex((point) => point.targetLossNats <= targetLossNats);
  if (at < 1) return null;
  const [from, to] = [points[at - 1]!, points[at]!];
  const share = (from.targetLossNats - targetLossNats) / (from.targetLossNats - to.targetLossNats);
  return from.step + share * (to.step - from.step);
}

function score(experiment: WeighedExperiment): Finding[] {
  const [plus, lora] = [bestOf(experiment, fast).learn.exactMatch, bestOf(experiment, 'LoRA').learn.exactMatch];
  if (!plus || !lora) return [remark('no exact match was measured')];
  const points = less(plus.values, lora.values).map((value) => 100 * value);
  return [direction('exact match in points, λ = 16 less LoRA', points, 'above', { ...plain, name: 'points' })];
}

/** Every run of λ = 1 against that of LoRA at the same rate and seed: all of what was measured, times apart. */
function sameAsLora({ records }: WeighedExperiment): Finding {
  const finished = records.flatMap((record) => (record.status === 'finished' ? [record] : []));
  const pairs = finished.flatMap((run) => {
    if (run.plan.variant !== 'λ 1') return [];
    const { seed, learningRate } = run.plan;
    const other = finished.find(
      ({ plan }) => plan.variant === 'LoRA' && plan.seed === seed && plan.learningRate === learningRate,
    );
    return other ? [{ run, other }] : [];
  });
  if (pairs.length === 0) throw new NotMeasured('no run of λ 1 has one of LoRA at the same rate and seed');
  const measured = ({ final, history, evaluations }: FinishedRun): string =>
    JSON.stringify([final, history.lossNats, history.gradientNorm, evaluations]);
  const same = pairs.filter(({ run, other }) => measured(run) === measured(other)).length;
  return fact(
    same === pairs.length,
    `${same} of ${pairs.length} runs with λ = 1 have the losses, gradients and scores of LoRA’s in every digit recorded`,
  );
}
