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
 * Labels beside points (a layer of the name `labels`) stay within the plot, which would be pressed together for them otherwise, and
 * get no longer than half of it.
 * @param {any} spec
 * @param {number} width
 */
export function fitLabels(spec, width) {
  for (const layer of spec.layer ?? []) {
    if (layer.name !== 'labels') continue;
    const characters = Math.floor(width / 2 / characterWidth);
    layer.transform = [{ calculate: shortened(`datum.${layer.encoding.text.field}`, characters), as: 'shortLabel' }];
    layer.encoding.text.field = 'shortLabel';
    layer.mark.clip = true;
  }
}

/**
 * An expression of vega's for a text of at most so many characters: of long ones the middle is left out, since variants of a method
 * differ at the end.
 * @param {string} text an expression
 * @param {number} characters
 */
export function shortened(text, characters) {
  const kept = Math.max(1, Math.floor((characters - 1) / 2));
  return `length(${text}) > ${characters} ? slice(${text}, 0, ${kept}) + '\u2026' + slice(${text}, -${kept}) : ${text}`;
}
