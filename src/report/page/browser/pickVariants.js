/** A chart's specification without the variants that are not picked. */

/** Fields of a row that name the variant that it is of, or one of two. */
const rowFields = ['variant', 'label', 'a', 'b'];

/**
 * Rows of a variant that is not picked are left out of the data, its name out of every list of names (an order, the domain of a
 * scale with the range beside it). Axes with a frame of their own get the frame of what is left.
 * @param {import('../data.ts').PageChart} chart
 * @param {{ all: readonly string[], picked: ReadonlySet<string> }} variants
 * @returns {any} a copy; null where nothing is left to be drawn
 */
export function pickVariants({ spec, frames }, { all, picked }) {
  const known = new Set(all);
  /** @param {unknown} name */
  const isHidden = (name) => typeof name === 'string' && known.has(name) && !picked.has(name);

  /** @param {any} value @returns {any} */
  const kept = (value) => {
    if (Array.isArray(value))
      return value
        .filter((item) => !isHidden(item) && !rowFields.some((field) => isHidden(item?.[field])))
        .map((item) => ({ item, copy: kept(item) }))
        .filter(({ item, copy }) => !lostRows(item?.data?.values, copy?.data?.values))
        .map(({ copy }) => copy);
    if (value === null || typeof value !== 'object') return value;
    const copy = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, kept(inner)]));
    if (Array.isArray(value.domain) && Array.isArray(value.range))
      copy.range = value.range.filter(
        (/** @type {unknown} */ _, /** @type {number} */ at) => !isHidden(value.domain[at]),
      );
    return copy;
  };
  const copy = kept(spec);
  for (const [channel, ofVariants] of Object.entries(frames ?? {})) {
    const bounds = ofVariants.filter(({ variant }) => picked.has(variant));
    if (bounds.length > 0) setDomain(copy, channel, widened(bounds));
  }
  return isEmpty(spec, copy) ? null : copy;
}

/**
 * Whether data had rows, and have none.
 * @param {readonly unknown[] | undefined} before
 * @param {readonly unknown[] | undefined} after
 */
function lostRows(before, after) {
  return before !== undefined && before.length > 0 && after?.length === 0;
}

/**
 * Whether all parts of a specification are gone, or the rows of the whole.
 * @param {any} before
 * @param {any} after
 */
function isEmpty(before, after) {
  const parts = ['layer', 'vconcat', 'hconcat'].some((kind) => before[kind]?.length > 0 && after[kind].length === 0);
  const rows = Object.keys(before.datasets ?? {}).some((name) => lostRows(before.datasets[name], after.datasets[name]));
  return parts || rows || lostRows(before.data?.values, after.data?.values);
}

/**
 * @param {readonly { low: number, high: number }[]} bounds
 * @returns {[number, number]}
 */
function widened(bounds) {
  const [low, high] = [Math.min(...bounds.map((of) => of.low)), Math.max(...bounds.map((of) => of.high))];
  const margin = 0.06 * (high - low) || 0.05;
  return [low - margin, high + margin];
}

/**
 * Of every layer's scale of a channel that has numbers as its domain.
 * @param {any} spec
 * @param {string} channel
 * @param {[number, number]} domain
 */
function setDomain(spec, channel, domain) {
  const scale = spec.encoding?.[channel]?.scale;
  if (typeof scale?.domain?.[0] === 'number') scale.domain = domain;
  for (const part of [...(spec.layer ?? []), ...(spec.spec ? [spec.spec] : [])]) setDomain(part, channel, domain);
}
