import type { Comparison } from '../results/comparison.ts';
import type { RateSummary } from '../results/learningRates.ts';
import type { BestRateSummary, Summary, VariantSummary } from '../results/summary.ts';
import { caveats } from './caveats.ts';
import { comparisonText } from './comparisonText.ts';
import { decimalsOf, estimateText, fixed, learningRateText, listText } from './numberText.ts';

/** The answer in plain words: one sentence over all variants, then some for each of them, then what to keep in mind. */
export interface Answer {
  headline: string;
  /** The headline, or how many comparisons show what, where it would name too many variants to be read at a glance. */
  brief: string;
  variants: { variant: string; sentences: string[] }[];
  caveats: string[];
}

/** Characters of a headline that is read at a glance. */
const glance = 300;

export function answer(summary: Summary): Answer {
  const whole = headline(summary);
  return {
    headline: whole,
    brief: whole.length > glance ? inNumbers(summary) : whole,
    variants: summary.variants.map((row) => ({ variant: row.variant, sentences: sentences(row) })),
    caveats: caveats(summary),
  };
}

function headline({ variants, reference: main }: Summary): string {
  if (variants.every(({ best }) => best === null))
    return 'No variant has finished with every seed yet: there is no answer.';
  const references = [main, ...variants.flatMap(({ reference }) => reference ?? [])];
  const said = [...new Set(references)].flatMap((reference) => {
    const others = variants.filter((variant) => variant.reference === reference);
    return others.length === 0 ? [] : [against(reference, others)];
  });
  return said.length === 0 ? `Only ${main} was run: there is nothing to compare it with.` : said.join(' ');
}

/** For whom a difference is shown against one reference, and for whom not. */
function against(reference: string, others: readonly VariantSummary[]): string {
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

/** `Of 20 comparisons of the test loss on the target 3 show a lower one, 12 show a higher one and 5 show no difference.` */
function inNumbers({ variants }: Summary): string {
  const verdicts = variants.flatMap(({ best }) => best?.against?.learn?.verdict ?? []);
  const count = (verdict: Comparison['verdict']): number => verdicts.filter((one) => one === verdict).length;
  const said = [
    [count('lower by'), 'a lower one'],
    [count('higher by'), 'a higher one'],
    [count('no difference shown') + count('not known from one seed'), 'no difference'],
  ] as const;
  const parts = said.flatMap(([times, words]) =>
    times === 0 ? [] : [`${times} ${times === 1 ? 'shows' : 'show'} ${words}`],
  );
  return `Of ${verdicts.length} comparisons of the test loss on the target ${listText(parts)}.`;
}

function sentences({ variant, best, counts, rates }: VariantSummary): string[] {
  if (best === null)
    return [
      counts.finished === 0
        ? `${variant}: no run has finished.`
        : `${variant}: at every learning rate some run diverged, failed or is missing, so none was chosen.`,
    ];
  const rate = learningRateText(best.learningRate);
  const comparison = best.against?.learn;
  const compared = comparison ? `; against ${comparison.reference}: ${comparisonText(comparison)}` : '';
  const place = {
    inside: [],
    only: [],
    tied: ['Another rate of the grid is as good: nothing shows that the best one lies outside.'],
    lowest: [atEdge('lowest', rates)],
    highest: [atEdge('highest', rates)],
  }[best.place];
  const at = best.place === 'only' ? `At ${rate}, the only rate it was run at,` : `At its best rate, ${rate},`;
  return [
    `${at} ${variant} reaches ${estimateText(best.learn.lossNats)} nats on the target${compared}.`,
    forgetting(best),
    ...atSameQuality(best),
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

/** What a variant has forgotten when it has learnt as much as its reference. */
function atSameQuality({ against }: BestRateSummary): string[] {
  const { targetLossNats, comparison } = against?.matched ?? {};
  if (targetLossNats === undefined || !comparison) return [];
  const [at, than] = [fixed(targetLossNats, 3), comparison.reference];
  return [
    `Where it has learnt as much as ${than} (${at} nats on the target), its source loss against ${than}: ${comparisonText(comparison)}.`,
  ];
}
