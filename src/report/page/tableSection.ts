import type { Table } from '../table.ts';
import { cellValue } from './cellValue.ts';
import { escapeHtml } from './policy.ts';
import type { Swatches } from './swatch.ts';

/** A table with its heading, how to read it, and what filters it. */
export function tableSection(
  name: string,
  heading: string,
  howToRead: string,
  table: Table,
  swatches: Swatches,
): string {
  return `<h2>${escapeHtml(heading)}</h2>
${howToRead === '' ? '' : `<p class="quiet">${escapeHtml(howToRead)}</p>\n`}${tableFilter(name)}
${tableHtml(table, name, heading, swatches)}`;
}

/** A field of words that filter the rows of the table of this name; a page without its script does not show it. */
function tableFilter(name: string): string {
  return `<p class="scripted controls" hidden><label>Rows with <input type="search" data-filter="${name}" placeholder="words" autocomplete="off"></label>
<output data-filter="${name}"></output> <span class="quiet">A click on a head sorts: up, down, as it was.</span></p>`;
}

/** A table with rows for each variant, whose name comes first; `name` is what the page's script calls it. */
export function tableHtml({ head, rows }: Table, name: string, caption: string, swatches: Swatches): string {
  const row = ([variant, ...cells]: string[]): string =>
    `<tr data-variant="${escapeHtml(variant)}"><th scope="row"><span class="name">${swatches(variant)}<span>${escapeHtml(variant)}</span></span></th>${cells.map(cellHtml).join('')}</tr>`;
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table class="sortable" data-name="${name}">
<thead><tr>${head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('')}</tr></thead>
<tbody>${rows.map(row).join('')}</tbody>
</table></div>`;
}

/** A cell with what stands in brackets at its end (an interval, a remark) on a line of its own, and the number that it is sorted by. */
export function cellHtml(cell: string): string {
  const [, words, remark] = /^(.+?) (\(.*\))$/.exec(cell) ?? ['', cell, ''];
  const value = cellValue(cell);
  const open = value === null ? '<td>' : `<td data-value="${value}">`;
  return `${open}${escapeHtml(words)}${remark === '' ? '' : ` <small>${escapeHtml(remark)}</small>`}</td>`;
}
