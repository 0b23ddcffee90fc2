import { significant } from '../../report/numberText.ts';
import { mean } from '../../statistics/mean.ts';
import { type Claim, from } from '../claim.ts';
import { analysisOf, type WeighedExperiment } from '../evidence.ts';
import { closeness, direction, fact, type Finding, ratio, remark } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { bySeed } from '../seedValues.ts';
import { sourceAtStart, type StartArm, startArms } from './startArms.ts';

const aTwentieth = { margin: Math.log(1.05), marginIs: 'a twentieth' };
/** Of the cost of the same start without compensation. */
const left = 0.01;

export const startVariance: Claim = {
  number: 27,
  claim:
    'With both factors drawn Var ΔW₀ = s² r σ_A² σ_B²; the loss at step 0 rises with σ and rank as that does, and taking ΔW₀ away removes the rise.',
  sections: [from('start-variance', asPredicted), from('start-variance', rises), from('start-variance', compensated)],
};

/** Of every arm the mean over sites of ln(measured / predicted). */
function asPredicted(experiment: WeighedExperiment): Finding[] {
  const ratios = Object.values(analysisOf(experiment).variants).flatMap(({ start }) =>
    start ? [mean(start.measured.map((measured, site) => Math.log(measured / start.predicted[site]!)))] : [],
  );
  if (ratios.length === 0) throw new NotMeasured('no start away from the base was analysed');
  return [
    closeness('variance of ΔW₀, measured over predicted', ratios, aTwentieth, { unit: { ...ratio, each: 'arms' } }),
  ];
}

/** The slope of the loss in log₁₀ σ at each rank, and in log₂ rank at each σ, each among arms that differ in it alone; and what the width does. */
function rises(experiment: WeighedExperiment): Finding[] {
  const arms = startArms(experiment);
  const along = (by: Factor, log: (value: number) => number): number[] =>
    bySeed(
      arms.map(({ start }) => start),
      (losses) => withinOthers(arms.map((arm, i) => ({ x: log(arm[by]), y: losses[i]!, stratum: stratumOf(arm, by) }))),
    );
  return [
    direction('rise of the source loss at step 0 for ten times the σ', along('sigma', Math.log10), 'above'),
    direction('rise of the source loss at step 0 for twice the rank', along('rank', Math.log2), 'above'),
    ...(new Set(arms.map(({ width }) => width)).size < 2
      ? []
      : [
          remark(
            `for twice the width, at the same σ and rank, the source loss at step 0 changes by ${significant(mean(along('width', Math.log2)), 2)} nats: the claim says nothing of it`,
          ),
        ]),
  ];
}

type Factor = 'sigma' | 'rank' | 'width';

/** What arms have in common that differ in one factor alone. */
const stratumOf = (arm: StartArm, by: Factor): string =>
  (['sigma', 'rank', 'width'] as const)
    .filter((factor) => factor !== by)
    .map((factor) => arm[factor])
    .join(' ');

/** The slope of least squares of what is left when every stratum has its own height. */
function withinOthers(points: readonly { x: number; y: number; stratum: string }[]): number {
  let [products, squares] = [0, 0];
  for (const stratum of new Set(points.map((point) => point.stratum))) {
    const own = points.filter((point) => point.stratum === stratum);
    const [meanX, meanY] = [mean(own.map(({ x }) => x)), mean(own.map(({ y }) => y))];
    for (const { x, y } of own) {
      products += (x - meanX) * (y - meanY);
      squares += (x - meanX) ** 2;
    }
  }
  return products / squares;
}

/** Against the arm of the same σ, rank and width without compensation. */
function compensated(experiment: WeighedExperiment): Finding[] {
  const arms = startArms(experiment);
  const { runs } = experiment.summary.variants.find(({ variant }) => variant === 'compensated')?.best ?? {};
  if (!runs) throw new NotMeasured("'compensated' has not finished");
  const spec = (runs[0]!.plan.recipe.update ?? {}) as { rank?: number; init?: { down?: { sigma?: number } } };
  const same = arms.find(
    ({ rank, sigma, variant }) =>
      rank === spec.rank &&
      sigma === spec.init?.down?.sigma &&
      experiment.summary.variants.find((one) => one.variant === variant)!.best!.runs[0]!.derived.baseHash ===
        runs[0]!.derived.baseHash,
  );
  if (!same) throw new NotMeasured('there is no arm of the same σ, rank and base without compensation');
  const smallest = Math.min(...arms.map(({ sigma }) => sigma));
  const near = arms.filter(
    ({ width, sigma, rank }) =>
      width === same.width && sigma === smallest && rank === Math.min(...arms.map((arm) => arm.rank)),
  );
  const reference = mean(near.flatMap(({ start }) => start.map(({ value }) => value)));
  const [with_, without] = [sourceAtStart(experiment, 'compensated'), same.start].map((values) =>
    mean(values.map(({ value }) => value)),
  );
  const [rest, cost] = [with_! - reference, without! - reference];
  return [
    fact(
      Math.abs(rest) <= left * Math.abs(cost),
      `σ ${same.sigma}, rank ${same.rank}: the start costs ${significant(cost, 2)} nats on the source, and with ΔW₀ taken away ${significant(rest, 2)}, beside a start with σ ${smallest} (at most ${100 * left} % allowed)`,
    ),
  ];
}
