import { describe, expect, it } from 'vitest';
import { reportContent } from '../../../src/report/content.ts';
import { mainContent } from '../../../src/report/main/content.ts';
import { inOrder, mainChart, type ReportedExperiment } from '../../../src/report/main/experiments.ts';
import { fairness } from '../../../src/report/main/fairness.ts';
import { hoursText } from '../../../src/report/main/machine.ts';
import { mainMarkdown } from '../../../src/report/main/markdown.ts';
import { mainHtml } from '../../../src/report/main/page.ts';
import type { ExperimentPlan } from '../../../src/results/experimentPlan.ts';
import type { RunRecord } from '../../../src/results/record.ts';
import { type Grid, profile, synthetic } from '../../results/synthetic.ts';
import { someClaims } from '../claims/someClaims.ts';

interface Change {
  plan?: (plan: ExperimentPlan) => ExperimentPlan;
  record?: (record: RunRecord) => RunRecord;
}

function experiment(folder: string, grid: Grid = {}, { plan = (same) => same, record = (same) => same }: Change = {}) {
  const made = synthetic({ seeds: 2, ...grid });
  const named = { ...made.plan, experiment: folder };
  return { folder, content: reportContent(plan(named), made.records.map(record)) };
}

/** All figures, by the danger that they speak of. */
function figures(...experiments: ReportedExperiment[]): string {
  return fairness(experiments)
    .map(({ danger, figures: said }) => [danger, ...said].join('\n'))
    .join('\n');
}

describe('ways to be unfair, and what the records say of them', () => {
  const usual = experiment('usual', { seeds: 3 });

  it('seeds: how many, and who was judged by one', () => {
    expect(figures(usual)).toContain('3 seeds at the best rate of 6 variants\nno variant is judged by one seed');
    expect(figures(experiment('one', { profiles: { LoRA: profile({}) }, seeds: 1 }))).toContain(
      'without any claim: LoRA (one)',
    );
  });

  it('chance: how many comparisons, what is shown of them, and what could have been', () => {
    const said = figures(experiment('chance', { seeds: 5 }));
    expect(said).toMatch(
      /5 comparisons of target losses: [23] shown, [01] only without the correction, [23] not shown/,
    );
    expect(said).toMatch(/smallest difference seen at 80\u00a0% power: 1\.6\d standard deviations/);
  });

  it('randomness: seeds that ended the same are named', () => {
    expect(figures(usual)).toContain('in all 6 variants with several seeds, the seeds ended at different losses');
    const same = experiment(
      'stuck',
      {},
      {
        record: (record) =>
          record.status === 'finished' && record.plan.variant === 'DoRA'
            ? { ...record, final: { ...record.final, learn: { ...record.final.learn, test: { lossNats: 1 } } } }
            : record,
      },
    );
    expect(figures(usual, same)).toContain('seeds ended at the very same loss in DoRA (stuck)');
  });

  it('rates: how many, what was extended, and what has its best rate at an edge', () => {
    const extended = experiment(
      'extended',
      {},
      {
        plan: (plan) => ({
          ...plan,
          runs: plan.runs.map((run) =>
            run.variant === 'full' && run.learningRate === 3e-4 ? { ...run, round: 2 } : run,
          ),
        }),
      },
    );
    const said = figures(usual, extended);
    expect(said).toContain('3 to 4 rates for each variant as written, as many for all variants in 1 of 2 experiments');
    expect(said).toContain('1 grid extended, by 2 rounds');
    expect(said).toMatch(/no interior optimum for 4 variants: AdaLoRA \(usual\), full \(usual\)/);
    expect(figures(usual)).toContain('no grid was extended');
  });

  it('stopped runs are counted, and a variant without a rate is named', () => {
    const said = figures(
      experiment('lost', { profiles: { LoRA: profile({}), lost: profile({ divergesFrom: 1e-9 }) } }),
    );
    expect(said).toContain('8 runs finished, 8 diverged, 0 failed, 0 without a record');
    expect(said).toContain('no rate at which all seeds finished: lost (lost)');
  });

  it('scale, budget and pruning', () => {
    expect(figures(usual)).toContain('one scale for all variants in 1 of 1 experiment');
    expect(figures(usual)).toContain('AdaLoRA (usual): 13,000 at the start, 8,710 at the end');
    const matched = experiment(
      'matched',
      {},
      {
        plan: (plan) => ({
          ...plan,
          variants: {
            ...plan.variants,
            LoRA: { matched: { rank: 8, alpha: 16, scale: 2, at: 'start', wanted: 8000, got: 8192 } },
          },
        }),
        record: (record) =>
          ({
            ...record,
            derived: record.derived && {
              ...record.derived,
              sites: {
                ...record.derived.sites,
                scale: record.derived.sites.scale.map(() => (record.plan.variant === 'LoRA' ? 4 : 2)),
              },
            },
          }) as RunRecord,
      },
    );
    expect(figures(usual, matched)).toContain('one scale for all variants in 1 of 2 experiments\nmatched: from 2 to 4');
    expect(figures(matched)).toContain('the rank of 1 variant solved for 8,000 trained parameters, met to 2.4\u00a0%');
    expect(figures(usual)).toContain('no experiment here asks for equal numbers');
  });

  it('what has not learnt is named, and which baselines there are', () => {
    expect(figures(usual)).toContain('all 6 variants end with a lower test loss');
    const worse = experiment('worse', { profiles: { LoRA: profile({}), worse: profile({ effectNats: 9 }) } });
    expect(figures(usual, worse)).toContain('than the base: worse (worse)');
    expect(figures(usual, worse)).toContain('full fine-tuning in 1 of 2 experiments: usual');
    expect(figures(usual)).toContain('compared here by name: LoRA, LoRA+, DoRA, AdaLoRA, QLoRA and full');
  });
});

describe('the main report', () => {
  const experiments = [experiment('a-first'), experiment('equal-footing-small-world'), experiment('rank <10>')];

  it('has equal footing first, then the others by name', () => {
    expect(inOrder(experiments).map(({ folder }) => folder)).toEqual([
      'equal-footing-small-world',
      'a-first',
      'rank <10>',
    ]);
  });

  it('shows a chart of the design where there is one', () => {
    const { content } = experiments[0];
    expect(mainChart(content)?.name).toBe('learnt-against-forgotten');
    const chart = { ...content.charts[0], name: 'score-against-rank' };
    expect(mainChart({ ...content, charts: [...content.charts, chart] })).toBe(chart);
    expect(mainChart({ ...content, charts: [] })).toBeNull();
  });

  it('has a section for each experiment, with its answer, its table, a chart and a link', () => {
    const page = mainHtml(mainContent(experiments, someClaims));
    expect(page.match(/<section id=/g)).toHaveLength(3);
    expect(page.match(/<table class="sortable" data-name="of-[^"]+">/g)).toHaveLength(3);
    expect(page).toContain('href="rank%20%3C10%3E/report/report.html"');
    expect(page).toContain('href="claims.html"');
    expect(page).not.toContain('<10>');
    const data = JSON.parse(/id="page-data">([^]*?)<\/script>/.exec(page)![1]) as { charts: { name: string }[] };
    for (const { name } of data.charts) expect(page).toContain(`id="chart-${name}"`);
    const near = [...page.replace(/<script[^]*?<\/script>/g, '').matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(near).toHaveLength(3);
    for (const id of near) expect(page).toContain(`<section id="${id}">`);
  });

  it('says the same as Markdown, and nothing of claims that were not weighed', () => {
    const markdown = mainMarkdown(mainContent(experiments, []));
    expect(markdown).toContain('No claim has been weighed yet.');
    expect(markdown).not.toMatch(/claims\.(html|md)/);
    expect(mainMarkdown(mainContent(experiments, someClaims))).toContain('](claims.md)');
    expect(markdown).toContain('(rank%20%3C10%3E/report/summary.md)');
    expect(markdown).toContain('| LoRA |');
    expect(mainHtml(mainContent(experiments, []))).not.toContain('claims.html');
  });

  it('adds up machine time', () => {
    const { machine, summary } = mainContent([experiments[0]], []);
    expect(Object.fromEntries(machine)['machine time']).toBe(
      '3 minutes of training and evaluation, summed over 48 runs',
    );
    expect(summary).toMatch(/^1 experiment, 6 variants, 48 runs of 3 minutes in all/);
    expect([59, 7199, 7200, 30_000].map(hoursText)).toEqual(['1 minute', '120 minutes', '2.0 hours', '8.3 hours']);
  });
});
