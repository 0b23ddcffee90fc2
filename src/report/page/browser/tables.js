import { hasWords, sortedRows } from './sortedRows.js';

/** Tables that are sorted by a click on a head and filtered by words. */

/**
 * Makes a button of every head of the page's `table.sortable`, and shows the filter. Returns what shows a state.
 * @param {(change: Partial<import('./viewState.js').ViewState>) => void} change
 */
export function tables(change) {
  const all = [.../** @type {NodeListOf<HTMLTableElement>} */ (document.querySelectorAll('table.sortable'))].map(table);
  const filter = /** @type {HTMLInputElement | null} */ (document.getElementById('filter'));
  const said = document.getElementById('filter-count');
  filter?.addEventListener('input', () => change({ filter: filter.value }));
  /** @type {import('./viewState.js').ViewState['sort']} */
  let sort = null;
  for (const { heads } of all)
    for (const [column, head] of heads) {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => change({ sort: nextSort(sort, column) }));
    }

  /** @param {{ sort: typeof sort, filter: string, picked: readonly string[] }} shown */
  return function show(shown) {
    sort = shown.sort;
    if (filter && filter.value !== shown.filter) filter.value = shown.filter;
    for (const { body, rows, heads } of all) {
      const at = sort === null ? -1 : [...heads.keys()].indexOf(sort.column);
      const order = sort === null || at < 0 ? rows : sortedRows(rows, (row) => keyOf(row.cells[at]), sort.descending);
      body.append(...order);
      heads.forEach((head, column) =>
        head.setAttribute('aria-sort', column !== sort?.column ? 'none' : sort.descending ? 'descending' : 'ascending'),
      );
      for (const row of rows)
        row.hidden =
          !shown.picked.includes(row.dataset.variant ?? '') || !hasWords(row.textContent ?? '', shown.filter);
    }
    const [first] = all;
    const count = first?.rows.filter((row) => !row.hidden).length;
    if (said && first) said.textContent = count === first.rows.length ? '' : `${count} of ${first.rows.length} rows`;
  };
}

/** @param {HTMLTableElement} of */
function table(of) {
  const body = of.tBodies[0];
  const heads = new Map([...(of.tHead?.rows[0]?.cells ?? [])].map((head) => [head.textContent ?? '', head]));
  return { body, rows: [...body.rows], heads };
}

/**
 * First ascending, then descending, then as it was.
 * @param {import('./viewState.js').ViewState['sort']} sort
 * @param {string} column
 */
export function nextSort(sort, column) {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}

/**
 * What a cell stands for: its number, else its text; nothing for a dash.
 * @param {HTMLTableCellElement} cell
 */
function keyOf(cell) {
  if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
  const text = (cell.textContent ?? '').trim();
  return text === '–' || text === '' ? null : text;
}
