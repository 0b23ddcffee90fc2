import { withinDip } from '../results/betweenRates.ts';
import type { Comparison } from '../results/comparison.ts';
import type { MethodSpread } from '../results/methodSpread.ts';
import type { Summary } from '../results/summary.ts';
import type { Range } from '../results/unmatched.ts';
import { budgetSentences } from './budgets.ts';
import { fixed, listText, significant } from './numberText.ts';

/** What a reader must keep in mind: what the numbers are, what decides, what the design could not see, and what was not matched. */
export function caveats(summary: Summary): string[] {
  const { counts, variants } = summary;
  const one = variants.some(({ best }) => best !== null && best.learn.lossNats.interval === null);
  const planned = counts.missing + counts.finished + counts.diverged + counts.failed;
  return [
    'Losses are in nats per token, on test data, at the learning rate with the lowest validation loss; means over seeds with 95\u00a0% t intervals. Differences are taken seed by seed.',
    ...(one
      ? [
          'One seed says nothing about chance: where only one was run, no interval is given and no difference is claimed.',
        ]
      : []),
    ...decided(summary),
    ...coarseText(withinDip(summary)),
    ...spreadText(summary.spread.learn),
    ...budgetSentences(variants),
    ...unmatchedText(summary),
    ...(counts.missing > 0
      ? [`${counts.missing} of ${planned} planned runs have no record yet: the answer may change.`]
      : []),
  ];
}

/** Differences that finer rates could undo. */
function coarseText(variants: readonly string[]): string[] {
  if (variants.length === 0) return [];
  return [
    `The rates are coarse for ${listText(variants)}: a parabola through the best rate of the worse of the two and its neighbours goes down by more than the difference that is shown, so that a finer grid could undo it.`,
  ];
}

/** How a difference comes to count as shown, where that is not the interval's doing alone, and how small a difference could be seen. */
function decided({ variants }: Summary): string[] {
  const compared = variants.flatMap(({ variant, best }) => {
    const comparison = best?.against?.learn;
    return comparison?.smallestDz ? [{ variant, ...comparison, smallestDz: comparison.smallestDz }] : [];
  });
  if (compared.length === 0) return [];
  const alone = compared.filter(({ onlyAlone }) => onlyAlone).map(({ variant }) => variant);
  const rule =
    compared.length === 1
      ? 'A difference counts as shown where its 95\u00a0% t interval leaves zero out.'
      : `A difference counts as shown where its p, adjusted by Holm’s method for the ${compared.length} comparisons of that loss, is at most 0.05; each interval stands alone, and one in twenty such intervals misses zero without any true difference.`;
  return [
    `${rule} Whether the loss on the source rises or falls from the base is told by the interval of each variant alone.`,
    ...(alone.length > 0
      ? [
          `For ${listText(alone)} the interval alone leaves zero out and the adjusted p does not bear it out: a hint, and no difference shown.`,
        ]
      : []),
    sensitivity(compared),
  ];
}

/** Of the comparison that sees least. */
function sensitivity(
  compared: readonly (Comparison & { smallestDz: NonNullable<Comparison['smallestDz']> })[],
): string {
  const least = compared.reduce((a, b) => (b.smallestDz.alone > a.smallestDz.alone ? b : a));
  const { alone, inFamily } = least.smallestDz;
  const family = compared.length === 1 ? '' : ` (${fixed(inFamily, 2)} at the strictest level of the correction)`;
  return `“No difference shown” is not “no difference”: ${least.difference.pairs} seeds show a true difference with 80\u00a0% power only from ${fixed(alone, 2)} standard deviations of the differences on${family}.`;
}

function spreadText(spread: MethodSpread | null): string[] {
  if (spread === null || spread.ratio === null) return [];
  const [methods, seeds] = [significant(spread.betweenVariants, 2), significant(spread.betweenSeeds, 2)];
  const meaning =
    spread.ratio < 1
      ? 'another seed moves a single run more than another method does'
      : 'another method moves a run more than another seed does';
  return [
    `The means of the variants on the target spread by ${methods} nats (standard deviation), the seeds of one variant by ${seeds}: a ratio of ${significant(spread.ratio, 2)}, so ${meaning} (methods that do not differ would give ${significant(spread.ratioWithoutDifference, 2)} or less).`,
  ];
}

function unmatchedText({ unmatched }: Summary): string[] {
  const parts = [
    rangeText('effective scale', unmatched.scale, (value) => String(Number(value.toPrecision(3)))),
    rangeText('learning rates tried', unmatched.rates, String),
  ].flat();
  return parts.length === 0 ? [] : [`Not matched, and so a part of every difference: ${listText(parts)}.`];
}

function rangeText(words: string, range: Range | null, text: (value: number) => string): string[] {
  return range === null ? [] : [`${words} (${text(range.smallest)} to ${text(range.largest)})`];
}
