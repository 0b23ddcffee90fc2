import type { ReportContent } from '../content.ts';
import { settingText } from '../whatWasRun.ts';
import { escapeHtml } from './policy.ts';

/** What each variant wrote for some prompts. */
export function samplesSection({ samples }: ReportContent): string {
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

export function runSection({ plan, run }: ReportContent): string {
  const terms = run.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd><code>${escapeHtml(text)}</code></dd>`);
  const recipes = Object.entries(plan.variants).map(
    ([name, recipe]) => `<dt>${escapeHtml(name)}</dt><dd><code>${escapeHtml(settingText(recipe))}</code></dd>`,
  );
  return `<h2>What was run</h2>\n<dl>${terms.join('')}</dl>
<details><summary>The recipe of every variant</summary><dl>${recipes.join('')}</dl></details>`;
}

export function stoppedSection({ stopped }: ReportContent): string {
  const items = stopped.map(
    ({ run, status, error }) => `<li>${escapeHtml(run)}: <b>${status}</b>. <code>${escapeHtml(error)}</code></li>`,
  );
  return `<h2>Runs that diverged or failed</h2>
${items.length > 0 ? `<ul class="stopped">${items.join('')}</ul>` : '<p>None.</p>'}`;
}
