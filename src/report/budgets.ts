/** Whether variants train as many parameters, in words: what was matched and how closely, or how far they are apart. */
import type { VariantSummary } from '../results/summary.ts';
import { countText, listText, significant } from './numberText.ts';

/** Apart by less, two numbers count as the same. */
const same = 0.005;

/** None for a single variant. */
export function budgetSentences(variants: readonly VariantSummary[]): string[] {
  const trained = variants.flatMap(({ variant, best }) =>
    best ? [{ variant, parameters: best.trainableParameters, atEnd: best.trainableParametersAtEnd }] : [],
  );
  if (trained.length < 2) return [];
  const sized = variants.flatMap(({ variant, matched }) => (matched ? [{ variant, ...matched }] : []));
  if (sized.length === 0) return [apart(trained)];
  const [{ at, wanted }] = sized as [(typeof sized)[number]];
  const away = (parameters: number): number => Math.abs(parameters / wanted - 1);
  const farthest = sized.reduce((worst, one) => (away(one.got) > away(worst.got) ? one : worst));
  const when = at === 'start' ? 'as training starts' : 'at the end, after pruning';
  const others = trained.filter(({ variant, parameters, atEnd }) => {
    const isSized = sized.some((one) => one.variant === variant);
    return !isSized && away(at === 'start' ? parameters : atEnd) > Math.max(same, away(farthest.got));
  });
  return [
    away(farthest.got) < 1e-9
      ? `Trained parameters are matched exactly: ${countText(wanted)} ${when}.`
      : `Trained parameters are matched within ${significant(100 * away(farthest.got), 2)}\u00a0%: ${countText(wanted)} wanted ${when}, ${farthest.variant} has ${countText(farthest.got)}.`,
    ...(others.length > 0
      ? [
          `Not matched: ${listText(others.map(({ variant, parameters, atEnd }) => `${variant} with ${countText(at === 'start' ? parameters : atEnd)}`))}.`,
        ]
      : []),
  ];
}

function apart(trained: readonly Trained[]): string {
  const [few, many] = extremes(trained, ({ parameters }) => parameters);
  const start =
    many.parameters <= few.parameters * (1 + same)
      ? `All variants train about as many parameters: ${countText(few.parameters)}`
      : `Trained parameters are not matched: from ${countText(few.parameters)} (${few.variant}) to ${countText(many.parameters)} (${many.variant}), ${significant(many.parameters / few.parameters, 2)} times as many`;
  if (trained.every(({ parameters, atEnd }) => parameters === atEnd)) return `${start}.`;
  const [least, most] = extremes(trained, ({ atEnd }) => atEnd);
  return `${start}, as training starts; at its end, after pruning, from ${countText(least.atEnd)} (${least.variant}) to ${countText(most.atEnd)} (${most.variant}), ${significant(most.atEnd / least.atEnd, 2)} times as many.`;
}

interface Trained {
  readonly variant: string;
  readonly parameters: number;
  readonly atEnd: number;
}

const extremes = (trained: readonly Trained[], of: (one: Trained) => number): [fewest: Trained, most: Trained] => [
  trained.reduce((a, b) => (of(b) < of(a) ? b : a)),
  trained.reduce((a, b) => (of(b) > of(a) ? b : a)),
];
