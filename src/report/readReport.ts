import { closestText } from '../closestNames.ts';
import { RequestError } from '../errors.ts';
import type { Analysis } from '../results/analysis.ts';
import type { RunRecord } from '../results/record.ts';
import type { BestRateSummary, Summary } from '../results/summary.ts';
import { howForgotten, howSure } from './howToRead.ts';
import { row, tableLines, text } from './markdown.ts';
import { escapeHtml } from './page/policy.ts';
import { pictureHtml } from './picture.ts';
import { renderSvg } from './render.ts';
import { readContent } from './report.ts';

/** The report of an experiment in its parts, for a notebook. Texts are Markdown; the same records give the same bytes. */
export interface Report {
  /** What was asked, and the answer in one sentence or a few. */
  readonly headline: string;
  /** A paragraph for every variant, and what a reader must keep in mind. */
  readonly answer: string;
  /** Every variant at its best rate: losses in nats per token on test data, with 95 % intervals, parameters, bytes. */
  readonly table: string;
  /** How sure that is: intervals, paired tests, effect sizes, and how to read them. */
  readonly certainty: string;
  /** Forgetting at the same target loss, and who is on the frontier. */
  readonly forgetting: string;
  /** What the variants wrote, prompt by prompt; empty where nothing was written. */
  readonly samples: string;
  /** What was run, on what, and how to run it again; then the runs that diverged or failed. */
  readonly run: string;
  /** Names of its charts, in the order of the report. */
  readonly charts: readonly string[];
  /** A chart by its name, as HTML: a picture and how to read it. A name that is not there is a RequestError. */
  chart(name: string): Promise<string>;
  /** A variant at its best rate, with its runs, one a seed. One that is not there, or has no such rate, is a RequestError. */
  best(variant: string): BestRateSummary;
  /** The numbers behind all of it. */
  readonly summary: Summary;
  readonly records: readonly RunRecord[];
  /** Of the runs that the summary shows; null where nothing was analysed. */
  readonly analysis: Analysis | null;
}

/**
 * Reads the report of the experiment in `folder` (that of its `plan.json`) from its run records, and its analysis where there is one;
 * writes nothing. A folder that is none of an experiment's, that has no record yet or a broken one, is a RequestError.
 */
export function readReport(folder: string): Report {
  const { plan, records, summary, answer, table, certainty, forgetting, charts, samples, run, stopped, analysis } =
    readContent(folder);
  return {
    headline: lines(text(plan.question), '', `**${text(answer.headline)}**`),
    answer: lines(
      ...answer.variants.map(({ sentences }) => `- ${text(sentences.join(' '))}`),
      ...answer.caveats.flatMap((caveat) => ['', text(caveat)]),
    ),
    table: lines(...tableLines(table)),
    certainty: lines(...tableLines(certainty), '', text(howSure)),
    forgetting: lines(...tableLines(forgetting), '', text(howForgotten)),
    samples: lines(
      ...samples.flatMap(({ prompt, expected, got }) => [
        `**${text(prompt)}**`,
        '',
        row(['', 'text']),
        row(['---', '---']),
        row(['expected', expected]),
        ...got.map((one) => row([one.variant, one.text])),
        '',
      ]),
    ),
    run: lines(
      ...run.map(([term, words]) => `- ${text(term)}: ${text(words)}`),
      ...stopped.map(({ run: name, status, error }) => `- ${text(name)}: ${status}. ${text(error)}`),
    ),
    charts: charts.map(({ name }) => name),
    async chart(name) {
      const found = charts.find((chart) => chart.name === name);
      if (!found)
        throw new RequestError(
          `the report of ${folder} has no chart '${name}'; it has ${charts.map((chart) => chart.name).join(', ')}`,
        );
      const { title, howToRead, spec } = found;
      return `${pictureHtml(await renderSvg(spec), title)}\n<p>${escapeHtml(howToRead)}</p>`;
    },
    best(variant) {
      const best = summary.variants.find((one) => one.variant === variant)?.best;
      if (best) return best;
      const known = summary.variants.flatMap((one) => (one.best ? [one.variant] : []));
      throw new RequestError(`${folder} has no variant '${variant}' with a best rate; ${closestText(variant, known)}`);
    },
    summary,
    records,
    analysis,
  };
}

const lines = (...all: readonly string[]): string => all.join('\n');
