/** What a reader has chosen on a page, as the fragment of its address: a view can be sent to someone else, and is there after a reload. */

/**
 * @typedef {object} TableState
 * @property {{ column: string, descending: boolean } | null} sort null for the order of the plan
 * @property {string} filter words that a row of the table must have
 */

/**
 * @typedef {object} ViewState
 * @property {string[] | null} shown names of the variants that are picked, in the page's order; null for all of them
 * @property {Record<string, TableState>} tables by name, in the page's order
 * @property {string | null} x key of the measure across; null for the page's own choice
 * @property {string | null} y key of the measure upwards
 */

/**
 * Reads a fragment, with or without its `#`. Names that the page does not know are left out.
 * @param {string} fragment
 * @param {{ variants: readonly string[], measures: readonly string[], tables: readonly string[] }} known
 * @returns {ViewState}
 */
export function readState(fragment, { variants, measures, tables }) {
  const words = new URLSearchParams(fragment.replace(/^#/, ''));
  const shown = variants.filter((name) => words.getAll('show').includes(name));
  /** @param {string} axis */
  const measure = (axis) => measures.find((key) => key === words.get(axis)) ?? null;
  return {
    shown: words.has('show') && shown.length < variants.length ? shown : null,
    tables: Object.fromEntries(tables.map((name, at) => [name, tableState(words, suffix(name, at))])),
    x: measure('x'),
    y: measure('y'),
  };
}

/**
 * The fragment of a state, without `#`: empty where nothing was chosen.
 * @param {ViewState} state
 */
export function stateText({ shown, tables, x, y }) {
  const words = new URLSearchParams();
  if (shown !== null) for (const name of shown.length > 0 ? shown : ['']) words.append('show', name);
  Object.entries(tables).forEach(([name, { sort, filter }], at) => {
    const of = suffix(name, at);
    if (sort !== null) words.set(`${sort.descending ? 'sort-down' : 'sort'}${of}`, sort.column);
    if (filter !== '') words.set(`filter${of}`, filter);
  });
  if (x !== null) words.set('x', x);
  if (y !== null) words.set('y', y);
  return words.toString();
}

/**
 * @param {URLSearchParams} words
 * @param {string} of
 * @returns {TableState}
 */
function tableState(words, of) {
  const column = words.get(`sort${of}`) ?? words.get(`sort-down${of}`);
  return {
    sort: column === null ? null : { column, descending: words.has(`sort-down${of}`) },
    filter: words.get(`filter${of}`) ?? '',
  };
}

/**
 * The first table is spoken of without its name: `sort`, and `sort.sure` for another.
 * @param {string} name
 * @param {number} at
 */
function suffix(name, at) {
  return at === 0 ? '' : `.${name}`;
}
