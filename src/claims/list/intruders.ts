import type { SeedValue } from '../../results/estimate.ts';
import { type Claim, from } from '../claim.ts';
import { analysedVariant, type WeighedExperiment } from '../evidence.ts';
import { direction, type Finding, plain } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { less, slopes } from '../seedValues.ts';
import { armsOfRule } from './rankRules.ts';

const threshold = '0.5';
const rule = 'α ∝ r';

export const intruders: Claim = {
  number: 21,
  claim: 'LoRA brings more intruder dimensions than full fine-tuning, and fewer at higher rank.',
  sections: [from('rank-sweep', counts)],
};

function counts(experiment: WeighedExperiment): Finding[] {
  const arms = armsOfRule(experiment, rule);
  const eight = arms.find(({ rank }) => rank === 8);
  if (!eight) throw new NotMeasured('there is no rank 8');
  const [lora, full] = onSharedSites(experiment, [eight.variant, 'full']);
  const all = onSharedSites(
    experiment,
    arms.map(({ variant }) => variant),
  );
  return [
    direction(
      'intruders among the first ten directions of a kernel (ε 0.5), LoRA of rank 8 less full fine-tuning',
      less(lora!, full!),
      'above',
      plain,
    ),
    direction(
      `change of their number with each doubling of the rank, ${arms[0]!.rank} to ${arms.at(-1)!.rank}`,
      slopes(
        arms.map(({ rank }) => Math.log2(rank)),
        all,
      ),
      'below',
      plain,
    ),
  ];
}

/** Of each run of these variants the mean over the sites that all of them changed and for which there is a count. */
function onSharedSites(experiment: WeighedExperiment, variants: readonly string[]): SeedValue[][] {
  const analysed = variants.map((variant) => analysedVariant(experiment, variant));
  const shared = analysed[0]!.sites.filter((site) =>
    analysed.every(
      ({ sites, runs }) =>
        sites.includes(site) && runs.every(({ intruders: found }) => found[threshold]?.[sites.indexOf(site)] != null),
    ),
  );
  if (shared.length === 0) throw new NotMeasured('no kernel has its intruders counted in all of them');
  return analysed.map(({ sites, runs }) =>
    runs.map(({ seed, intruders: found }) => ({
      seed,
      value: shared.reduce((sum, site) => sum + found[threshold]![sites.indexOf(site)]!, 0) / shared.length,
    })),
  );
}
