import { drawChart } from './drawChart.js';
import { paretoSpec } from './paretoSpec.js';
import { pickVariants } from './pickVariants.js';

/** Every chart of the page, drawn one after the other: always the one that is nearest to what the reader sees, who may scroll meanwhile. */

/**
 * @typedef {object} Shown
 * @property {readonly string[]} picked
 * @property {string} x key of a measure
 * @property {string} y
 */

/**
 * A function that draws all charts anew; what a call before it has not drawn yet is left. Charts that would stay the same are left
 * as they are.
 * @param {import('../data.ts').PageData} data
 */
export function chartDrawer(data) {
  let turn = 0;
  /** @type {Map<HTMLElement, string>} */
  const drawn = new Map();

  /** @param {Shown} shown */
  return async function drawAll(shown) {
    const mine = ++turn;
    const waiting = new Set(specs(shown));
    while (waiting.size > 0) {
      const next = nearest([...waiting]);
      waiting.delete(next);
      const { place, spec } = next;
      const text = `${place.clientWidth} ${JSON.stringify(spec)}`;
      if (drawn.get(place) === text) continue;
      if (spec === null) place.textContent = 'Nothing of the variants that are picked.';
      else await drawChart(place, spec, data.theme);
      drawn.set(place, text);
      await pause();
      if (mine !== turn) return;
    }
    document.documentElement.dataset.drawn = String(mine);
  };

  /** @param {Shown} shown */
  function specs({ picked, x, y }) {
    const all = data.variants.map(({ name }) => name);
    const measures = { x: measureOf(x), y: measureOf(y) };
    const pareto =
      measures.x && measures.y
        ? [
            {
              name: 'pareto',
              spec:
                picked.length === 0
                  ? null
                  : paretoSpec(
                      /** @type {any} */ (measures),
                      data.variants.filter(({ name }) => picked.includes(name)),
                    ),
            },
          ]
        : [];
    const charts = data.charts
      .filter(({ variant }) => variant === undefined || picked.includes(variant))
      .map((chart) => ({ name: chart.name, spec: pickVariants(chart, { all, picked: new Set(picked) }) }));
    return [...pareto, ...charts].flatMap(({ name, spec }) => {
      const place = document.getElementById(`chart-${name}`);
      return place === null ? [] : [{ place, spec }];
    });
  }

  /** @param {string} key */
  function measureOf(key) {
    return data.measures.find((measure) => measure.key === key);
  }
}

/** Until the browser has shown what was drawn and done what the reader asked for. */
function pause() {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/**
 * Of some places the one that is nearest to what the reader sees now.
 * @template {{ place: HTMLElement }} Item
 * @param {readonly Item[]} items
 */
function nearest(items) {
  /** @param {Item} item */
  const distance = ({ place }) => {
    const { top, bottom } = place.getBoundingClientRect();
    return Math.max(0, top - innerHeight, -bottom);
  };
  return items
    .map((item) => ({ item, distance: distance(item) }))
    .reduce((near, one) => (one.distance < near.distance ? one : near)).item;
}
