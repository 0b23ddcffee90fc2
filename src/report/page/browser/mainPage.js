import { drawChart } from './drawChart.js';

/** The main report: draws the main chart of every experiment, and anew when the width changes. */

/** @type {{ theme: any, charts: { name: string, spec: any }[] }} */
const drawn = JSON.parse(document.getElementById('page-data')?.textContent ?? '');

async function drawCharts() {
  for (const { name, spec } of drawn.charts) {
    const place = document.getElementById(`chart-${name}`);
    if (place) await drawChart(place, spec, drawn.theme);
  }
  document.documentElement.dataset.drawn = String(innerWidth);
}

let waiting = 0;
let lastWidth = innerWidth;
addEventListener('resize', () => {
  if (innerWidth === lastWidth) return;
  lastWidth = innerWidth;
  clearTimeout(waiting);
  waiting = setTimeout(drawCharts, 200);
});
void drawCharts();
