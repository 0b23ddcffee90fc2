import type { Table } from '../table.ts';
import { cellValue } from './cellValue.ts';
import { escapeHtml } from './policy.ts';
import type { Swatches } from './swatch.ts';

/** Words that filter the rows of all tables below; a page without its script does not show it. */
export const tableFilter = `<p class="scripted controls" hidden><label>Rows with <input type="search" id="filter" placeholder="words" autocomplete="off"></label>
<output id="filter-count"></output> <span class="quiet">A click on a head sorts: up, down, as it was.</span></p>`;

/** A table with a row for each variant, whose name comes first. */
export function tableHtml({ head, rows }: Table, caption: string, swatches: Swatches): string {
  const row = ([name, ...cells]: string[]): string =>
    `<tr data-variant="${escapeHtml(name)}"><th scope="row"><span class="name">${swatches(name)}<span>${escapeHtml(name)}</span></span></th>${cells.map(cellHtml).join('')}</tr>`;
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table class="sortable">
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
