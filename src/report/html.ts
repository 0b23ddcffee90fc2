import type { ReportContent } from './content.ts';
import { howForgotten, howSure } from './howToRead.ts';
import { answerSection } from './page/answerSection.ts';
import { browserScript } from './page/browserScript.ts';
import { chartsSection } from './page/chartsSection.ts';
import { libraries } from './page/libraries.ts';
import { pageHtml } from './page/page.ts';
import { pageData } from './page/pageData.ts';
import { pickPanel } from './page/pickPanel.ts';
import { contentSecurityPolicy, escapeHtml, inlineJson, inlineScript } from './page/policy.ts';
import { runSection, samplesSection, stoppedSection } from './page/runSections.ts';
import { pageStyle } from './page/style.ts';
import { swatchesOf } from './page/swatch.ts';
import { tableSection } from './page/tableSection.ts';

/**
 * The report as one page that needs no other file and no network. All text of the experiment is escaped, and the page's policy
 * lets only its own four scripts run.
 */
export function reportHtml(content: ReportContent): string {
  const { plan, answer, table, certainty, forgetting } = content;
  const data = pageData(content);
  const names = data.variants.map(({ name }) => name);
  const swatches = swatchesOf(names);
  const scripts = [...libraries(), browserScript('reportPage.js')].map(inlineScript);
  return pageHtml({
    title: plan.experiment,
    policy: contentSecurityPolicy(scripts),
    style: pageStyle,
    body: `<header>
<h1>${escapeHtml(plan.experiment)}</h1>
<p class="question">${escapeHtml(plan.question)}</p>
<p class="headline">${escapeHtml(answer.headline)}</p>
</header>
${pickPanel(names, data.groups, swatches)}
<main>
${answerSection(content, swatches)}
${tableSection('best', 'Every variant at its best rate', '', table, swatches)}
${chartsSection(content.charts, data.measures)}
${tableSection('sure', 'How sure', howSure, certainty, swatches)}
${tableSection('forgetting', 'Forgetting at the same target loss', howForgotten, forgetting, swatches)}
${samplesSection(content)}
${runSection(content)}
${stoppedSection(content)}
</main>
<script type="application/json" id="page-data">${inlineJson(data)}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}`,
  });
}
