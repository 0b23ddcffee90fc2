import type { Comparison } from '../results/comparison.ts';
import type { RateSummary } from '../results/learningRates.ts';
import type { BestRateSummary, Summary, VariantSummary } from '../results/summary.ts';
import { decimalsOf, estimateText, fixed, intervalText, learningRateText, listText } from './numberText.ts';

/** The answer in plain words: one sentence over all variants, then some for each of them, then what to keep in mind. */
export interface Answer {
  headline: string;
  variants: { variant: string; sentences: string[] }[];
  caveats: string[];
}

export function answer(summary: Summary): Answer {
  return {
    headline: headline(summary),
    variants: summary.variants.map((row) => ({ variant: row.variant, sentences: sentences(row) })),
    caveats: caveats(summary),
  };
}

function headline({ variants, reference }: Summary): string {
  const others = variants.filter(({ variant }) => variant !== reference);
  if (variants.every(({ best }) => best === null))
    return 'No variant has finished with every seed yet: there is no answer.';
  if (others.length === 0) return `Only ${reference} was run: there is nothing to compare it with.`;
  const those = (verdict: Comparison['verdict']): string[] =>
    others.filter(({ best }) => best?.against?.learn?.verdict === verdict).map(({ variant }) => variant);
  const unknown = others.filter(({ best }) => !best?.against?.learn).map(({ variant }) => variant);
  const parts = [
    [those('lower by'), 'a lower test loss on the target is shown for'],
    [those('higher by'), 'a higher one for'],
    [those('no difference shown'), 'no difference is shown for'],
    [those('not known from one seed'), 'one seed cannot tell a difference for'],
    [unknown, 'nothing can be said of'],
  ] as const;
  const said = parts.filter(([names]) => names.length > 0).map(([names, words]) => `${words} ${listText(names)}`);
  return `Against ${reference}, ${said.join('; ').replace(/^a higher one/, 'a higher test loss on the target is shown')}.`;
}

function sentences({ variant, best, counts, rates }: VariantSummary): string[] {
  if (best === null)
    return [
      counts.finished === 0
        ? `${variant}: no run has finished.`
        : `${variant}: at every learning rate some run diverged, failed or is missing, so none was chosen.`,
    ];
  const rate = learningRateText(best.learningRate);
  const against = best.against?.learn;
  const compared = against ? `; against ${against.reference}: ${comparisonText(against)}` : '';
  const place = {
    inside: [],
    only: ['It was run at this rate only: another may be better.'],
    tied: ['Another rate of the grid is as good: nothing shows that the best one lies outside.'],
    lowest: [atEdge('lowest', rates)],
    highest: [atEdge('highest', rates)],
  }[best.place];
  return [
    `At its best rate, ${rate}, ${variant} reaches ${estimateText(best.learn.lossNats)} nats on the target${compared}.`,
    forgetting(best),
    ...place,
  ];
}

function atEdge(place: 'lowest' | 'highest', rates: readonly RateSummary[]): string {
  const extensions = Math.max(...rates.map(({ round }) => round));
  if (extensions === 0) return `This is the ${place} rate of the grid: the best rate may lie outside.`;
  const times = extensions === 1 ? 'once' : extensions === 2 ? 'twice' : `${extensions} times`;
  return `No interior optimum: the grid was extended ${times}, and its ${place} rate is still the best.`;
}

function forgetting({ retain, base }: BestRateSummary): string {
  const { mean, interval } = retain.lossNats;
  const from = fixed(base.retainLossNats, decimalsOf(interval));
  const fromTo = `from ${from} to ${estimateText({ mean, interval })}`;
  if (interval === null) return `On the source its loss goes ${fromTo}.`;
  if (interval.low > base.retainLossNats) return `On the source its loss rises ${fromTo}.`;
  if (interval.high < base.retainLossNats) return `On the source its loss falls ${fromTo}.`;
  return `On the source no change of its loss is shown: ${fromTo}.`;
}

/** `lower by 0.12 (0.10 to 0.13)`, `no difference shown (−0.003, −0.010 to 0.004)`. */
export function comparisonText({ verdict, difference: { mean, interval } }: Comparison): string {
  const decimals = decimalsOf(interval);
  if (interval === null) return `${signed(mean, decimals)}, ${verdict}`;
  if (verdict === 'no difference shown') return `${verdict} (${signed(mean, decimals)}, ${intervalText(interval)})`;
  const [small, large] = [Math.abs(interval.low), Math.abs(interval.high)].sort((a, b) => a - b);
  const shown = decimalsToSee(small, decimals);
  return `${verdict} ${fixed(Math.abs(mean), shown)} (${fixed(small, shown)} to ${fixed(large, shown)})`;
}

/** More decimals where a bound that is not zero would be printed as zero. */
function decimalsToSee(bound: number, decimals: number): number {
  if (Number(fixed(bound, decimals)) !== 0) return decimals;
  return Math.min(Math.ceil(-Math.log10(bound)), 6);
}

function signed(value: number, decimals: number): string {
  return `${value < 0 ? '' : '+'}${fixed(value, decimals)}`;
}

function caveats({ counts, variants }: Summary): string[] {
  const one = variants.some(({ best }) => best !== null && best.learn.lossNats.interval === null);
  const compared = variants.filter(({ best }) => best?.against?.learn?.difference.interval).length;
  return [
    'Losses are in nats per token, on test data, at the learning rate with the lowest validation loss; means over seeds with 95\u00a0% t intervals. Differences are taken seed by seed.',
    ...(one
      ? [
          'One seed says nothing about chance: where only one was run, no interval is given and no difference is claimed.',
        ]
      : []),
    ...(compared > 1
      ? [
          `Each of the ${compared} comparisons stands alone: of twenty such intervals without any true difference, about one misses zero.`,
        ]
      : []),
    ...(counts.missing > 0
      ? [
          `${counts.missing} of ${counts.missing + counts.finished + counts.diverged + counts.failed} planned runs have no record yet: the answer may change.`,
        ]
      : []),
  ];
}
