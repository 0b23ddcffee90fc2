import { nameLength, shortened } from './shortNames.js';

/** Texts within a plot, for its width. */

/** Pixels of a character of size 11, and of one of another size for each of its own. */
const characterWidth = 6.2;
const perSize = characterWidth / 11;
/** A smaller text cannot be read. */
const smallest = 8;

/**
 * The numbers in the cells of a heat map (a layer whose name begins with `values`) get the size that fits the columns; where that could not be
 * read they go, and a legend says what the colours are.
 * @param {any} spec
 * @param {number} width
 */
export function fitValues(spec, width) {
  const at = spec.layer?.findIndex((/** @type {any} */ { name }) => name?.startsWith('values')) ?? -1;
  if (at < 0) return;
  const rows = spec.data.values;
  const { mark, encoding } = spec.layer[at];
  const columns = new Set(rows.map((/** @type {any} */ row) => row[spec.encoding.x.field])).size;
  const characters = Math.max(...rows.map((/** @type {any} */ row) => row[encoding.text.field].length));
  const size = Math.floor((width / columns - 4) / (perSize * characters));
  mark.fontSize = Math.min(mark.fontSize, size);
  if (size >= smallest) return;
  const [cells] = spec.layer.splice(
    0,
    spec.layer.length,
    ...spec.layer.filter((/** @type {any} */ _, /** @type {number} */ i) => i !== at),
  );
  cells.encoding.color.legend ??= { orient: 'bottom', direction: 'horizontal', gradientLength: 160 };
}

/**
 * Labels beside points (a layer of the name `labels`) stay within the plot, which would be pressed together for them otherwise: long
 * ones are shortened, to half of it if they can be told apart then. So are those of lines across (names that begin with `labels-`), to
 * all of it.
 * @param {any} spec
 * @param {number} width
 */
export function fitLabels(spec, width) {
  const all = Math.floor(width / characterWidth);
  for (const layer of spec.layer ?? []) {
    if (!layer.name?.startsWith('labels')) continue;
    const { field } = layer.encoding.text;
    const names = layer.data.values.map((/** @type {any} */ row) => row[field]);
    const characters = layer.name === 'labels' ? nameLength(names, Math.floor(all / 2), all) : all;
    layer.transform = [{ calculate: shortened(`datum.${field}`, characters), as: 'shortLabel' }];
    layer.encoding.text.field = 'shortLabel';
    layer.mark.clip = true;
  }
}
