import type { VariantGroup } from '../variantGroups.ts';
import { escapeHtml } from './policy.ts';
import type { Swatches } from './swatch.ts';

/** The list from which a reader picks variants; a page without its script does not show it. */
export function pickPanel(variants: readonly string[], groups: readonly VariantGroup[], swatches: Swatches): string {
  const only = groups.map(
    ({ label, variants: of }, index) =>
      `<button type="button" data-pick="${index}">only ${escapeHtml(label)} (${of.length})</button>`,
  );
  const boxes = variants.map(
    (name) =>
      `<label><input type="checkbox" checked value="${escapeHtml(name)}">${swatches(name)}<span>${escapeHtml(name)}</span></label>`,
  );
  return `<aside id="pick" aria-label="Variants that are shown" hidden>
<details><summary>Variants shown: <output id="pick-count">all ${variants.length}</output></summary>
<div class="picking"><p><button type="button" data-pick="all">all</button> <button type="button" data-pick="none">none</button> ${only.join(' ')}</p>
<div class="boxes">${boxes.join('')}</div></div></details>
</aside>`;
}
