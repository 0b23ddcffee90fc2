import { hasWords, sortedRows } from './sortedRows.js';

/** Tables that are sorted by a click on a head and filtered by words. */

/** @typedef {import('./viewState.js').TableState} TableState */

/**
 * Makes a button of every head of the page's `table.sortable`, each table by itself, and reads the fields that filter them. Returns
 * their names, in the page's order, and what shows a state.
 * @param {(name: string, part: Partial<TableState>) => void} change what is told that a reader chose something for a table
 */
export function tables(change) {
  const all = [.../** @type {NodeListOf<HTMLTableElement>} */ (document.querySelectorAll('table.sortable'))].map(
    (element) => table(element, change),
  );

  /** @param {{ tables: Record<string, TableState>, picked: readonly string[] | null }} shown */
  function show(shown) {
    for (const { name, show: showOne } of all) showOne(shown.tables[name], shown.picked);
  }
  return { names: all.map(({ name }) => name), show };
}

/**
 * @param {HTMLTableElement} of
 * @param {(name: string, part: Partial<TableState>) => void} change
 */
function table(of, change) {
  const name = of.dataset.name ?? '';
  const body = of.tBodies[0];
  const rows = [...body.rows];
  const heads = new Map([...(of.tHead?.rows[0]?.cells ?? [])].map((head) => [head.textContent ?? '', head]));
  const columns = [...heads.keys()];
  const filter = /** @type {HTMLInputElement | null} */ (document.querySelector(`input[data-filter="${name}"]`));
  const said = document.querySelector(`output[data-filter="${name}"]`);
  /** @type {TableState['sort']} */
  let sort = null;
  filter?.addEventListener('input', () => change(name, { filter: filter.value }));
  for (const [column, head] of heads) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => change(name, { sort: nextSort(sort, column) }));
  }

  /**
   * @param {TableState} state
   * @param {readonly string[] | null} picked null for all
   */
  function show(state, picked) {
    sort = state.sort;
    const { column, descending } = sort ?? { column: null, descending: false };
    const at = column === null ? -1 : columns.indexOf(column);
    body.append(...(at < 0 ? rows : sortedRows(rows, (row) => keyOf(row.cells[at]), descending)));
    heads.forEach((head, title) =>
      head.setAttribute('aria-sort', title !== column ? 'none' : descending ? 'descending' : 'ascending'),
    );
    for (const row of rows)
      row.hidden =
        (picked !== null && !picked.includes(row.dataset.variant ?? '')) ||
        !hasWords(row.textContent ?? '', state.filter);
    if (filter && filter.value !== state.filter) filter.value = state.filter;
    const count = rows.filter((row) => !row.hidden).length;
    if (said) said.textContent = count === rows.length ? '' : `${count} of ${rows.length} rows`;
  }
  return { name, show };
}

/**
 * First ascending, then descending, then as it was.
 * @param {TableState['sort']} sort
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
