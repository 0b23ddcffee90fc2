import { fitWidth, legendColumns } from './fitWidth.js';

/** Draws a specification in its place, as wide as that is. */

/** No wider than this, in pixels, however wide the screen. */
const widest = 780;
/** A plot without its axes is never narrower. */
const narrowest = 120;
/** A chart may be so much narrower than its place: panels beside each other grow by several pixels at once. */
const loose = 16;

/**
 * What fitted a place when something was last drawn there: mostly it does again.
 * @type {WeakMap<HTMLElement, any>}
 */
const fitting = new WeakMap();

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
    let plotWidth = fitting.get(place)?.room === room ? fitting.get(place).plotWidth : room - 80;
    for (let attempt = 0; attempt < 4; attempt++) {
      const drawing = await embed(place, spec, theme, plotWidth);
      const over = Number(place.querySelector('svg')?.getAttribute('width') ?? room) - room;
      if ((over <= 2 && over > -loose) || (plotWidth === narrowest && over > 0) || attempt === 3) break;
      drawing.finalize();
      plotWidth = Math.max(narrowest, Math.floor(plotWidth - over));
    }
    fitting.set(place, { room, plotWidth });
    placeLabels(place);
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

/** Pixels between a point and its label. */
const besidePoint = 9;

/**
 * Of labels beside points (a layer of the name `labels`), one that would cover another before it or leave the plot goes to the left of
 * its point, and where it has no room there either it is hidden: the legend names it too.
 * @param {HTMLElement} place
 */
function placeLabels(place) {
  /** @type {DOMRect[]} */
  const taken = [];
  const plot = place.querySelector('svg .background')?.getBoundingClientRect();
  /** @param {SVGTextElement} text */
  const isFree = (text) => {
    const box = text.getBoundingClientRect();
    const isWithin =
      plot === undefined || (box.left >= plot.left && box.right <= plot.right + 1 && box.top >= plot.top);
    return isWithin && !taken.some((other) => overlap(box, other));
  };
  for (const text of /** @type {NodeListOf<SVGTextElement>} */ (place.querySelectorAll('.labels_marks text'))) {
    if (!isFree(text)) {
      text.setAttribute('text-anchor', 'end');
      text.setAttribute('x', String(-2 * besidePoint));
    }
    if (isFree(text)) taken.push(text.getBoundingClientRect());
    else text.setAttribute('display', 'none');
  }
}

/**
 * @param {DOMRect} a
 * @param {DOMRect} b
 */
function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
