/** What a reader has chosen on a page, as the fragment of its address: a view can be sent to someone else, and is there after a reload. */

/**
 * @typedef {object} ViewState
 * @property {string[] | null} shown names of the variants that are picked, in the page's order; null for all of them
 * @property {{ column: string, descending: boolean } | null} sort null for the order of the plan
 * @property {string} filter words that a row of the table must have
 * @property {string | null} x key of the measure across; null for the page's own choice
 * @property {string | null} y key of the measure upwards
 */

/**
 * Reads a fragment, with or without its `#`. Names that the page does not know are left out.
 * @param {string} fragment
 * @param {{ variants: readonly string[], measures: readonly string[] }} known
 * @returns {ViewState}
 */
export function readState(fragment, { variants, measures }) {
  const words = new URLSearchParams(fragment.replace(/^#/, ''));
  const shown = variants.filter((name) => words.getAll('show').includes(name));
  const column = words.get('sort') ?? words.get('sort-down');
  /** @param {string} axis */
  const measure = (axis) => measures.find((key) => key === words.get(axis)) ?? null;
  return {
    shown: words.has('show') && shown.length < variants.length ? shown : null,
    sort: column === null ? null : { column, descending: words.has('sort-down') },
    filter: words.get('filter') ?? '',
    x: measure('x'),
    y: measure('y'),
  };
}

/**
 * The fragment of a state, without `#`: empty where nothing was chosen.
 * @param {ViewState} state
 */
export function stateText({ shown, sort, filter, x, y }) {
  const words = new URLSearchParams();
  if (shown !== null) for (const name of shown.length > 0 ? shown : ['']) words.append('show', name);
  if (sort !== null) words.set(sort.descending ? 'sort-down' : 'sort', sort.column);
  if (filter !== '') words.set('filter', filter);
  if (x !== null) words.set('x', x);
  if (y !== null) words.set('y', y);
  return words.toString();
}
