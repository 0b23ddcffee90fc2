import { drawChart } from './drawChart.js';
import { tables } from './tables.js';

/** The main report: draws the main chart of every experiment, and anew when the width changes; sorts the tables. */

/** @type {{ theme: any, charts: { name: string, spec: any }[] }} */
const drawn = JSON.parse(document.getElementById('page-data')?.textContent ?? '');

async function drawCharts() {
  for (const { name, spec } of drawn.charts) {
    const place = document.getElementById(`chart-${name}`);
    if (place) await drawChart(place, spec, drawn.theme);
  }
  document.documentElement.dataset.drawn = String(innerWidth);
}

const { names: tableNames, show: showTables } = tables((name, part) => {
  sorted = { ...sorted, [name]: { ...sorted[name], ...part } };
  showTables({ tables: sorted, picked: null });
});
// Not in the address, which names a section.
let sorted = Object.fromEntries(
  tableNames.map((name) => [name, /** @type {import('./viewState.js').TableState} */ ({ sort: null, filter: '' })]),
);
showTables({ tables: sorted, picked: null });

let waiting = 0;
let lastWidth = innerWidth;
addEventListener('resize', () => {
  if (innerWidth === lastWidth) return;
  lastWidth = innerWidth;
  clearTimeout(waiting);
  waiting = setTimeout(drawCharts, 200);
});
void drawCharts();
