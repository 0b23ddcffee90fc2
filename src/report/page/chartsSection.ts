import type { Chart } from '../chart.ts';
import type { Measure } from '../measure.ts';
import { escapeHtml } from './policy.ts';

/** The plot whose axes a reader chooses, and every chart of the report. */
export function chartsSection(charts: readonly Chart[], measures: readonly Measure[]): string {
  return `<h2>Charts</h2>
<noscript><p>The charts are drawn by a script; without one, follow the links to them as pictures, which lie in the folder <code>charts</code> beside this page.</p></noscript>
${measures.length > 1 ? pareto(measures) : ''}
${charts.length > 0 ? charts.map(figure).join('\n') : '<p>No run has finished: there is nothing to draw.</p>'}`;
}

function figure({ name, title, howToRead, variant }: Chart): string {
  const file = escapeHtml(`charts/${encodeURIComponent(name)}`);
  const about = variant === undefined ? '' : ` data-variant="${escapeHtml(variant)}"`;
  return `<figure${about}><h3>${escapeHtml(title)}</h3>
<p class="of-some quiet">The line above speaks of all variants; the chart shows those that are picked.</p>
<div class="chart" id="chart-${escapeHtml(name)}" role="img" aria-label="${escapeHtml(title)}"></div>
<figcaption>${escapeHtml(howToRead)} <a href="${file}.svg">SVG</a> <a href="${file}.png">PNG</a></figcaption></figure>`;
}

/** Learnt against forgotten at first, where both were measured. */
function pareto(measures: readonly Measure[]): string {
  const keys = measures.map(({ key }) => key);
  const first = { x: keys.includes('learn.lossNats') ? 'learn.lossNats' : keys[0], y: keys[1] };
  if (keys.includes('retain.lossNats')) first.y = 'retain.lossNats';
  const select = (axis: 'x' | 'y', words: string): string => {
    const options = measures.map(
      ({ key, label, better }) =>
        `<option value="${escapeHtml(key)}"${key === first[axis] ? ' selected' : ''}>${escapeHtml(`${label} (${better} is better)`)}</option>`,
    );
    return `<label>${words} <select id="axis-${axis}">${options.join('')}</select></label>`;
  };
  return `<figure id="pareto" class="scripted" hidden><h3>Choose what to weigh against what: which variants are not beaten?</h3>
<p class="controls">${select('x', 'Across')} ${select('y', 'Upwards')}</p>
<div class="chart" id="chart-pareto" role="img" aria-label="Two measures of every variant against each other, with the frontier"></div>
<figcaption>Every mark is a variant at its best rate: the mean over seeds with 95\u00a0% intervals, on test data. A faded one is beaten by another that is at least as good in both measures, by their means; the others are joined by the dashed line. Where intervals overlap, which one is beaten may be chance.</figcaption></figure>`;
}
