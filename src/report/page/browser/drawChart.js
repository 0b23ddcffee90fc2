import { fitWidth, legendColumns } from './fitWidth.js';

/** Draws a specification in its place, as wide as that is. */

/** No wider than this, in pixels, however wide the screen. */
const widest = 780;
/** A plot without its axes is never narrower. */
const narrowest = 120;

/**
 * The plot is first drawn in the width of its place, then changed by what axes and labels took, which may depend on it. The page forbids eval, so vega
 * interprets its expressions (`ast`).
 * @param {HTMLElement} place
 * @param {any} spec
 * @param {any} theme
 */
export async function drawChart(place, spec, theme) {
  const room = Math.min(place.clientWidth, widest);
  try {
    let plotWidth = room - 80;
    for (let attempt = 0; attempt < 4; attempt++) {
      const drawing = await embed(place, spec, theme, plotWidth);
      const over = Number(place.querySelector('svg')?.getAttribute('width') ?? room) - room;
      if (Math.abs(over) < 2 || (plotWidth === narrowest && over > 0) || attempt === 3) break;
      drawing.finalize();
      plotWidth = Math.max(narrowest, Math.floor(plotWidth - over));
    }
    hideOverlapping(place);
  } catch (error) {
    place.textContent = `This chart could not be drawn: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * @param {HTMLElement} place
 * @param {any} whole
 * @param {any} theme
 * @param {number} plotWidth
 */
function embed(place, whole, theme, plotWidth) {
  const { title: _, ...spec } = structuredClone(whole);
  fitWidth(spec, plotWidth);
  const columns = legendColumns(plotWidth, spec.usermeta?.legendCharacters ?? 0);
  const config = { ...theme, legend: { ...theme.legend, columns } };
  const { vegaEmbed } = /** @type {any} */ (globalThis);
  return vegaEmbed(place, spec, { ast: true, actions: false, renderer: 'svg', config });
}

/**
 * Of labels beside points (a layer of the name `labels`), those that would cover one before them or leave the picture are hidden:
 * the legend names them too.
 * @param {HTMLElement} place
 */
function hideOverlapping(place) {
  /** @type {DOMRect[]} */
  const taken = [];
  const picture = place.querySelector('svg')?.getBoundingClientRect();
  for (const text of place.querySelectorAll('.labels_marks text')) {
    const box = text.getBoundingClientRect();
    const isOutside = picture !== undefined && (box.right > picture.right || box.top < picture.top);
    if (isOutside || taken.some((other) => overlap(box, other))) text.setAttribute('display', 'none');
    else taken.push(box);
  }
}

/**
 * @param {DOMRect} a
 * @param {DOMRect} b
 */
function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
