/** Plots that stand beside each other and share an axis, one below the other. */

/**
 * In place: each gets the labels and the title that the first had for all.
 * @param {any} spec with `hconcat`
 */
export function stackFacets(spec) {
  spec.vconcat = spec.hconcat;
  delete spec.hconcat;
  spec.bounds = 'full';
  const title = channels(spec.vconcat[0], 'y').find((of) => of.title)?.title;
  for (const part of spec.vconcat) {
    for (const y of channels(part, 'y')) {
      y.title = title;
      if (y.axis) y.axis.labels = true;
    }
    for (const x of channels(part, 'x')) {
      if (x.axis) Object.assign(x.axis, { labels: true, ticks: true });
      if (part !== spec.vconcat.at(-1)) x.title = null;
    }
  }
}

/**
 * What all layers of a plot say of a channel that has a field.
 * @param {any} spec
 * @param {'x' | 'y'} channel
 * @returns {any[]}
 */
function channels(spec, channel) {
  const own = spec.encoding?.[channel];
  return [
    ...(own?.field ? [own] : []),
    ...(spec.layer ?? []).flatMap((/** @type {any} */ part) => channels(part, channel)),
  ];
}
