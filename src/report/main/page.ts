import { claimsHeadline } from '../claims/page.ts';
import { browserScript } from '../page/browserScript.ts';
import { libraries } from '../page/libraries.ts';
import { pageHtml } from '../page/page.ts';
import { contentSecurityPolicy, escapeHtml, inlineJson, inlineScript } from '../page/policy.ts';
import { pageStyle } from '../page/style.ts';
import { swatchesOf } from '../page/swatch.ts';
import { tableHtml } from '../page/tableSection.ts';
import { pageTheme } from '../theme.ts';
import type { MainContent } from './content.ts';
import { type ReportedExperiment, mainChart, pictureHref, reportHref } from './experiments.ts';
import type { FairnessPoint } from './fairness.ts';
import { shortTable } from './shortTable.ts';
import { mainStyle } from './style.ts';

/** The main report as one page that needs no other file; its links lead to the reports of the experiments beside it. */
export function mainHtml({ experiments, summary, fairness, claims, machine }: MainContent): string {
  const scripts = [...libraries(), browserScript('mainPage.js')].map(inlineScript);
  const charts = experiments.flatMap(({ folder, content }) => {
    const chart = mainChart(content);
    return chart === null ? [] : [{ name: anchor(folder), spec: chart.spec }];
  });
  return pageHtml({
    title: 'Results',
    policy: contentSecurityPolicy(scripts),
    style: pageStyle + mainStyle,
    body: `<header>
<h1>adapterlab</h1>
<p class="question">Ways to adapt a pretrained network: what they learn, what they forget, what they cost</p>
<p class="headline">${escapeHtml(summary)}</p>
</header>
<main>
<h2>What was compared</h2>
<ul class="contents">${experiments.map(contentsItem).join('\n')}</ul>
<h2>What of the claims?</h2>
<p>${escapeHtml(claimsHeadline(claims))}${claims.length > 0 ? ' <a href="claims.html">Every claim with its verdict and the data behind it</a>' : ''}</p>
<h2>How comparisons go wrong, and what is done about it</h2>
<ol class="fairness">${fairness.map(fairnessItem).join('\n')}</ol>
${experiments.map(section).join('\n')}
<h2>Machines, versions, time</h2>
<dl>${machine.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`).join('')}</dl>
<h2>Do it again</h2>
${again(experiments)}
</main>
<script type="application/json" id="page-data">${inlineJson({ theme: pageTheme(), charts })}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}`,
  });
}

function contentsItem({ folder, content: { plan, answer } }: ReportedExperiment): string {
  return `<li><a href="#${anchor(folder)}"><b>${escapeHtml(plan.experiment)}</b></a> ${escapeHtml(plan.question)} <span class="quiet">${escapeHtml(answer.brief)}</span></li>`;
}

function fairnessItem({ danger, remedy, figures }: FairnessPoint): string {
  return `<li><b>${escapeHtml(danger)}</b> ${escapeHtml(remedy)}<ul>${figures.map((figure) => `<li>${escapeHtml(figure)}</li>`).join('')}</ul></li>`;
}

function section({ folder, content }: ReportedExperiment): string {
  const { plan, answer, summary } = content;
  const chart = mainChart(content);
  const table = tableHtml(
    shortTable(summary),
    anchor(folder),
    plan.experiment,
    swatchesOf(summary.variants.map(({ variant }) => variant)),
  );
  const picture = chart && `<a href="${escapeHtml(pictureHref(folder, chart))}">SVG</a>`;
  const figure =
    chart === null
      ? ''
      : `<figure><h3>${escapeHtml(chart.title)}</h3>
<div class="chart" id="chart-${anchor(folder)}" role="img" aria-label="${escapeHtml(chart.title)}"></div>
<noscript><p>${picture}</p></noscript>
<figcaption>${escapeHtml(chart.howToRead)} ${picture}</figcaption></figure>`;
  return `<section id="${anchor(folder)}">
<h2>${escapeHtml(plan.experiment)}</h2>
<p class="asked">${escapeHtml(plan.question)}</p>
<p class="headline">${escapeHtml(answer.brief)}</p>
<p><a href="${escapeHtml(reportHref(folder, 'report.html'))}">The whole report of this experiment</a></p>
${table}
${figure}
</section>`;
}

function again(experiments: readonly ReportedExperiment[]): string {
  const commands = experiments.map(
    ({ content: { plan } }) =>
      `<dt>${escapeHtml(plan.experiment)}</dt><dd><code>${escapeHtml(plan.command)}</code></dd>`,
  );
  return `<p>A run is a function of its record's plan: the same engine, processor and versions give the same numbers to the bit, others to a stated tolerance. <code>npx adapterlab reproduce &lt;experiment&gt; --sample 5</code> makes some runs again and compares them with their records, number by number; <code>npx adapterlab report &lt;folder&gt;</code> makes these pages again from the records. What makes all missing runs of an experiment:</p>
<dl>${commands.join('')}</dl>`;
}

/** Of an experiment's section: letters, digits and dashes, different for different folders. */
function anchor(folder: string): string {
  return `of-${folder.replace(/[^\w-]/g, (character) => `_${character.codePointAt(0)!.toString(16)}`)}`;
}
