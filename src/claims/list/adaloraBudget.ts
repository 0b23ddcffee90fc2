import { type Claim, from, fromEach } from '../claim.ts';
import { bestOf, type WeighedExperiment } from '../evidence.ts';
import { direction, fact, type Finding, plain } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { alsoTested } from '../tested.ts';
import { budgetFormula } from './budgetFormula.ts';

export const adaloraBudget: Claim = {
  number: 10,
  claim:
    'AdaLoRA’s budget falls exactly by its cubic and ends at b_T; more rank is left in feed-forward maps and in the upper layers.',
  sections: [
    ...fromEach(['equal-footing', 'equal-footing-stories'], (experiment) => [exactly(experiment)]),
    from('adalora-ablation', (experiment) => [exactly(experiment), ...whereItGoes(experiment)]),
    alsoTested('the budget’s values for 24 matrices from rank 12 to 8, equal to those of the official code', [
      {
        file: 'test/adapters/control/budget.test.ts',
        title: '24 matrices from rank 12 to 8, tᵢ = 200, t_f = 1000, T = 3000',
      },
    ]),
  ],
};

/** Of every finished run with an allocator: the recorded budget against the formula, and what is active at the end. */
function exactly({ records }: WeighedExperiment): Finding {
  const runs = records.flatMap((record) => (record.status === 'finished' && record.ranks ? [record] : []));
  if (runs.length === 0) throw new NotMeasured('no run with a rank allocator has finished');
  let [points, right, reached] = [0, 0, 0];
  for (const { plan, ranks, derived } of runs) {
    const at = budgetFormula(plan, derived);
    points += ranks!.step.length;
    right += ranks!.step.filter((step, index) => at(step) === ranks!.budget[index]).length;
    const left = (ranks!.active.at(-1) ?? []).reduce((sum, rank) => sum + rank, 0);
    if (left === ranks!.budget.at(-1)) reached++;
  }
  return fact(
    right === points && reached === runs.length,
    `the budget equals the cubic at ${right} of ${points} recorded steps of ${runs.length} runs, and ${reached} of them end with exactly b_T ranks (fewer where scores tie)`,
  );
}

function whereItGoes(experiment: WeighedExperiment): Finding[] {
  const finals = bestOf(experiment, 'AdaLoRA').runs.flatMap(({ ranks }) =>
    ranks ? [{ sites: ranks.sites, left: ranks.active.at(-1) ?? [] }] : [],
  );
  const more = (inside: (site: string) => boolean): number[] =>
    finals.map(({ sites, left }) => {
      const mean = (of: boolean): number => {
        const ranks = left.filter((_, index) => inside(sites[index]!) === of);
        return ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
      };
      return mean(true) - mean(false);
    });
  const layers = finals.flatMap(({ sites }) => sites.map(layerOf));
  const middle = (Math.min(...layers) + Math.max(...layers)) / 2;
  return [
    direction(
      'mean rank left in feed-forward maps less that in attention',
      more((site) => /mlp|gate|up_proj|down_proj|fc|c_fc/.test(site)),
      'above',
      plain,
    ),
    direction(
      'mean rank left in the upper half of the layers less that in the lower',
      more((site) => layerOf(site) > middle),
      'above',
      plain,
    ),
  ];
}

/** The first number among the parts of a site's name. */
const layerOf = (site: string): number => Number(/(?:^|\.)(\d+)\./.exec(site)?.[1] ?? NaN);
