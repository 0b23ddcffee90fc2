import type { ReportContent } from '../content.ts';
import { escapeHtml } from './policy.ts';
import type { Swatches } from './swatch.ts';

/** The answer: the headline, then a paragraph for every variant. */
export function answerSection({ answer }: ReportContent, swatches: Swatches): string {
  const items = answer.variants.map(({ variant, sentences }) => {
    const [before, ...after] = sentences.join(' ').split(variant);
    const said = `${escapeHtml(before)}<b>${escapeHtml(variant)}</b>${escapeHtml(after.join(variant))}`;
    return `<li data-variant="${escapeHtml(variant)}">${swatches(variant)}${said}</li>`;
  });
  return `<ul class="answer">${items.join('')}</ul>
${answer.caveats.map((caveat) => `<p class="quiet">${escapeHtml(caveat)}</p>`).join('\n')}`;
}
