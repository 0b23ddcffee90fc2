/** The order of a table's rows. */

/**
 * What a cell is sorted by: a number, a text, or null where it has neither. Cells without one come last in either direction; rows
 * of the same key keep their order.
 * @template Row
 * @param {readonly Row[]} rows
 * @param {(row: Row) => number | string | null} key
 * @param {boolean} descending
 * @returns {Row[]}
 */
export function sortedRows(rows, key, descending) {
  const sign = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, key: key(row) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
      return sign * compared(a.key, b.key);
    })
    .map(({ row }) => row);
}

/**
 * Numbers come before texts.
 * @param {number | string} a
 * @param {number | string} b
 */
function compared(a, b) {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b, 'en', { numeric: true });
  return typeof a === 'number' ? -1 : 1;
}

/**
 * Whether a text has every word of a filter, in any case.
 * @param {string} text
 * @param {string} filter
 */
export function hasWords(text, filter) {
  const lower = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
