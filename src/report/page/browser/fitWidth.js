import { fitLabels, fitValues } from './fitTexts.js';
import { nameLength, shortened } from './shortNames.js';
import { stackFacets } from './stackFacets.js';

/** A chart as wide as its place. */

/**
 * Sets the width of a specification's plots, in place: panels below each other get all of it, those beside each other a part, and
 * a facet as many columns as are readable.
 * @param {any} spec
 * @param {number} width pixels of all plots beside each other, without axes
 */
export function fitWidth(spec, width) {
  if (typeof spec.width === 'number') spec.width = width;
  shortenNames(spec, width);
  fitValues(spec, width);
  fitLabels(spec, width);
  const legend = spec.encoding?.color?.legend;
  if (legend?.gradientLength) legend.gradientLength = Math.min(legend.gradientLength, Math.round(0.6 * width));
  for (const part of spec.vconcat ?? []) fitWidth(part, width);
  const beside = spec.hconcat ?? [];
  if (beside.length > 1 && width / beside.length < narrowestColumn) {
    stackFacets(spec);
    for (const part of spec.vconcat) fitWidth(part, width);
    return;
  }
  for (const part of beside)
    fitWidth(part, Math.floor((width - (spec.spacing ?? 0) * (beside.length - 1)) / beside.length));
  if (spec.facet && spec.spec) {
    spec.columns = facetColumns(width);
    const gap = typeof spec.spacing === 'object' ? spec.spacing.column : (spec.spacing ?? 0);
    fitWidth(spec.spec, Math.floor((width - gap * (spec.columns - 1)) / spec.columns));
  }
}

/** Plots beside each other that would be narrower stand below each other. */
const narrowestColumn = 110;

/** Characters of a name for which there is room beside the narrowest plot. */
const mostCharacters = 30;

/**
 * Names along an axis get no more than some two fifths of a narrow place, or what it takes to tell them apart.
 * @param {any} spec
 * @param {number} width
 */
function shortenNames(spec, width) {
  const { type, axis, sort } = spec.encoding?.y ?? {};
  const wanted = Math.max(18, Math.floor((0.42 * (width + 80)) / 6.2));
  if (type === 'nominal' && axis && wanted < 40) {
    // A name that is made of another one has a number before it.
    const characters = axis.labelExpr
      ? wanted + 5
      : nameLength(Array.isArray(sort) ? sort : [], wanted, mostCharacters);
    axis.labelExpr = shortened(axis.labelExpr ?? 'datum.label', characters);
  }
  for (const part of spec.layer ?? []) shortenNames(part, width);
}

/**
 * @param {number} width
 */
export function facetColumns(width) {
  return Math.max(2, Math.min(4, Math.floor(width / 140)));
}

/**
 * Columns of a legend that fit a width.
 * @param {number} width
 * @param {number} characters of its longest label
 */
export function legendColumns(width, characters) {
  return Math.max(1, Math.floor((width + 40) / (6.3 * characters + 30)));
}
