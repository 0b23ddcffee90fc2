import type { Estimate } from '../results/estimate.ts';
import type { Against, BestRateSummary, Summary, VariantSummary } from '../results/summary.ts';
import { comparisonText } from './comparisonText.ts';
import { metricOf } from './metrics.ts';
import { bytesText, countText, estimateText, fixed, learningRateText, secondsText } from './numberText.ts';

/** A table of words: one row per variant. */
export interface Table {
  head: string[];
  rows: string[][];
}

type Column = [head: string, cell: (best: BestRateSummary, row: VariantSummary) => string];

/** The summary as a reader wants it; a variant without a chosen rate has dashes. */
export function summaryTable({ variants, reference: main }: Summary): Table {
  const isOne = variants.every(({ reference }) => reference === null || reference === main);
  /** Whatever else was measured of a task, in a column each; of a metric in parts (`accuracy.of-facts`) the whole alone. */
  const others = (task: 'learn' | 'retain', words: string): Column[] =>
    [...new Set(variants.flatMap(({ best }) => Object.keys(best?.[task] ?? {})))]
      .filter((name) => name !== 'lossNats' && !name.includes('.'))
      .map((name) => [`${words} ${metricOf(name).label}`, (best) => metricText(best[task][name])]);
  const columns: Column[] = [
    ['best rate', ({ learningRate, place }) => `${learningRateText(learningRate)}${edgeMark[place]}`],
    ['target loss (nats)', ({ learn }) => estimateText(learn.lossNats)],
    [isOne ? `against ${main}` : 'against its reference', ({ against }) => differenceText(against, isOne)],
    ...others('learn', 'target'),
    ['source loss (nats)', ({ retain }) => estimateText(retain.lossNats)],
    ['base on the source', ({ base }) => fixed(base.retainLossNats, 3)],
    ...others('retain', 'source'),
    ...observedColumns(variants),
    ['trained parameters', trainedText],
    ['frozen bytes', ({ bytes }) => bytesText(bytes.base)],
    ['scale', ({ scale }) => scaleText(scale)],
    ['rates tried', (_, { rates }) => String(rates.length)],
    [
      'time per step (share of its group)',
      ({ secondsPerStep }) => (secondsPerStep === null ? '–' : secondsText(secondsPerStep)),
    ],
  ];
  return {
    head: ['variant', ...columns.map(([head]) => head), 'runs'],
    rows: variants.map((row) => [
      row.variant,
      ...columns.map(([, cell]) => (row.best === null ? '–' : cell(row.best, row))),
      countsText(row),
    ]),
  };
}

function differenceText(against: Against | null, isOne: boolean): string {
  if (!against?.learn) return '–';
  return `${isOne ? '' : `${against.reference}: `}${comparisonText(against.learn)}`;
}

const edgeMark = {
  inside: '',
  tied: '',
  lowest: ' (edge of the grid)',
  highest: ' (edge of the grid)',
  only: ' (only one)',
};

/** Of the tasks that were observed beside target and source the loss, and that of the base. */
function observedColumns(variants: readonly VariantSummary[]): Column[] {
  const tasks = new Set(variants.flatMap(({ best }) => Object.keys(best?.observe ?? {})));
  return [...tasks].flatMap((task): Column[] => [
    [`${task} loss (nats)`, ({ observe }) => metricText(observe[task]?.['lossNats'])],
    [
      `base on ${task}`,
      ({ runs }) => {
        const base = runs[0]?.before.observe?.[task]?.['lossNats'];
        return base === undefined ? '–' : fixed(base, 3);
      },
    ],
  ]);
}

function metricText(estimate: Estimate | undefined): string {
  return estimate === undefined ? '–' : estimateText(estimate);
}

function trainedText({ trainableParameters, trainableParametersAtEnd }: BestRateSummary): string {
  const start = countText(trainableParameters);
  return trainableParametersAtEnd === trainableParameters
    ? start
    : `${start} (${countText(trainableParametersAtEnd)} at the end)`;
}

function scaleText(scale: BestRateSummary['scale']): string {
  if (scale === null) return '–';
  const [small, large] = [scale.smallest, scale.largest].map((value) => String(Number(value.toPrecision(3))));
  return small === large ? small : `${small} to ${large}`;
}

function countsText({ counts }: VariantSummary): string {
  const { finished, ...rest } = counts;
  const others = Object.entries(rest).filter(([, count]) => count > 0);
  return [`${finished} finished`, ...others.map(([status, count]) => `${count} ${status}`)].join(', ');
}
