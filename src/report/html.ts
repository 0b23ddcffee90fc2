import type { ReportContent } from './content.ts';
import { howForgotten, howSure } from './howToRead.ts';
import { libraries } from './page/libraries.ts';
import { pageHtml } from './page/page.ts';
import { contentSecurityPolicy, escapeHtml, inlineJson, inlineScript } from './page/policy.ts';
import { pageScript } from './page/script.ts';
import { pageStyle } from './page/style.ts';
import { palette } from './palette.ts';
import type { Table } from './table.ts';
import { pageThemes } from './theme.ts';
import { settingText } from './whatWasRun.ts';

/**
 * The report as one page that needs no other file and no network. All text of the experiment is escaped, and the page's policy
 * lets only its own four scripts run.
 */
export function reportHtml(content: ReportContent): string {
  const { plan, charts } = content;
  const scripts = [...libraries(), pageScript].map(inlineScript);
  const data = { themes: pageThemes(), charts: charts.map(({ name, spec }) => ({ name, spec })) };
  const sections = [
    answerSection,
    tableSection,
    chartsSection,
    certaintySection,
    forgettingSection,
    samplesSection,
    runSection,
    stoppedSection,
  ];
  return pageHtml({
    title: plan.experiment,
    policy: contentSecurityPolicy(scripts),
    style: pageStyle,
    body: `<header>
<h1>${escapeHtml(plan.experiment)}</h1>
<p class="question">${escapeHtml(plan.question)}</p>
</header>
<main>
${sections.map((section) => section(content)).join('\n')}
</main>
<script type="application/json" id="charts">${inlineJson(data)}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}`,
  });
}

function answerSection({ answer, summary }: ReportContent): string {
  const { color } = palette(summary.variants.map(({ variant }) => variant));
  const items = answer.variants.map(({ variant, sentences }, index) => {
    const swatch = `<span class="swatch" style="background:${color.range[index]}"></span>`;
    const [before, ...after] = sentences.join(' ').split(variant);
    return `<li>${swatch}${escapeHtml(before)}<b>${escapeHtml(variant)}</b>${escapeHtml(after.join(variant))}</li>`;
  });
  return `<p class="headline">${escapeHtml(answer.headline)}</p>
<ul class="answer">${items.join('')}</ul>
${answer.caveats.map((caveat) => `<p class="quiet">${escapeHtml(caveat)}</p>`).join('\n')}`;
}

function tableSection({ table }: ReportContent): string {
  return `<h2>Every variant at its best rate</h2>\n${tableHtml(table)}`;
}

function certaintySection({ certainty }: ReportContent): string {
  return `<h2>How sure</h2>\n<p class="quiet">${escapeHtml(howSure)}</p>\n${tableHtml(certainty)}`;
}

function forgettingSection({ forgetting }: ReportContent): string {
  return `<h2>Forgetting at the same target loss</h2>
<p class="quiet">${escapeHtml(howForgotten)}</p>\n${tableHtml(forgetting)}`;
}

function tableHtml({ head, rows }: Table): string {
  const row = ([name, ...cells]: string[]): string =>
    `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map(cellHtml).join('')}</tr>`;
  return `<div class="scroll" tabindex="0"><table>
<thead><tr>${head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('')}</tr></thead>
<tbody>${rows.map(row).join('')}</tbody>
</table></div>`;
}

/** A cell with what stands in brackets at its end (an interval, a remark) on a line of its own. */
function cellHtml(cell: string): string {
  const [, value, remark] = /^(.+?) (\(.*\))$/.exec(cell) ?? ['', cell, ''];
  return `<td>${escapeHtml(value)}${remark === '' ? '' : ` <small>${escapeHtml(remark)}</small>`}</td>`;
}

function chartsSection({ charts }: ReportContent): string {
  const figures = charts.map(({ name, title, howToRead }) => {
    const file = escapeHtml(`charts/${encodeURIComponent(name)}`);
    return `<figure><h3>${escapeHtml(title)}</h3>
<div class="chart" id="chart-${escapeHtml(name)}" role="img" aria-label="${escapeHtml(title)}"></div>
<figcaption>${escapeHtml(howToRead)} <a href="${file}.svg">SVG</a> <a href="${file}.png">PNG</a></figcaption></figure>`;
  });
  return `<h2>Charts</h2>
<noscript><p>The charts are drawn by a script; without one, they are in the folder <code>charts</code> beside this page.</p></noscript>
${figures.length > 0 ? figures.join('\n') : '<p>No run has finished: there is nothing to draw.</p>'}`;
}

function samplesSection({ samples }: ReportContent): string {
  if (samples.length === 0) return '';
  const list = (terms: readonly { term: string; text: string }[]): string =>
    `<dl>${terms.map(({ term, text }) => `<dt>${escapeHtml(term)}</dt><dd><code>${escapeHtml(text)}</code></dd>`).join('')}</dl>`;
  const items = samples.map(({ prompt, expected, got }) => {
    const head = [
      { term: 'prompt', text: prompt },
      { term: 'expected', text: expected },
    ];
    return `<div class="sample">${list([...head, ...got.map(({ variant, text }) => ({ term: variant, text }))])}</div>`;
  });
  return `<h2>Samples</h2>\n<p class="quiet">From the first seed of each variant at its best rate.</p>\n${items.join('\n')}`;
}

function runSection({ plan, run }: ReportContent): string {
  const terms = run.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd><code>${escapeHtml(text)}</code></dd>`);
  const recipes = Object.entries(plan.variants).map(
    ([name, recipe]) => `<dt>${escapeHtml(name)}</dt><dd><code>${escapeHtml(settingText(recipe))}</code></dd>`,
  );
  return `<h2>What was run</h2>\n<dl>${terms.join('')}</dl>
<details><summary>The recipe of every variant</summary><dl>${recipes.join('')}</dl></details>`;
}

function stoppedSection({ stopped }: ReportContent): string {
  const items = stopped.map(
    ({ run, status, error }) => `<li>${escapeHtml(run)}: <b>${status}</b>. <code>${escapeHtml(error)}</code></li>`,
  );
  return `<h2>Runs that diverged or failed</h2>
${items.length > 0 ? `<ul class="stopped">${items.join('')}</ul>` : '<p>None.</p>'}`;
}
