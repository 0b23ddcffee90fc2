import { frontier } from './frontier.js';

/** The plot of two measures: what no variant beats in both stands out, joined by a line; the rest is faded. */

/** @typedef {import('../../measure.ts').Measure} Measure */
/** @typedef {import('../../measure.ts').MeasureValue} MeasureValue */

/**
 * @typedef {object} Outcome a variant with both measures
 * @property {string} variant
 * @property {MeasureValue} x
 * @property {MeasureValue} y
 */

/**
 * The picked variants that have both measures.
 * @param {{ x: Measure, y: Measure }} measures
 * @param {readonly string[]} picked
 * @returns {Outcome[]}
 */
export function outcomesOf({ x, y }, picked) {
  return picked.flatMap((variant) => {
    const [ofX, ofY] = [x, y].map((measure) => measure.values.find((value) => value.variant === variant));
    return ofX && ofY ? [{ variant, x: ofX, y: ofY }] : [];
  });
}

/**
 * @param {{ x: Measure, y: Measure }} measures
 * @param {readonly import('../data.ts').PageVariant[]} variants those that are picked
 * @returns {any} a specification of vega-lite
 */
export function paretoSpec(measures, variants) {
  const outcomes = outcomesOf(
    measures,
    variants.map(({ name }) => name),
  );
  const better = { x: measures.x.better, y: measures.y.better };
  const best = frontier(
    outcomes.map(({ x, y }) => ({ x: x.mean, y: y.mean })),
    better,
  );
  const axes = {
    x: axis(
      measures.x,
      outcomes.map(({ x }) => x),
    ),
    y: axis(
      measures.y,
      outcomes.map(({ y }) => y),
    ),
  };
  const rows = outcomes.map(({ variant, x, y }, index) => ({
    variant,
    x: x.mean,
    xLow: Math.max(x.low, axes.x.domain[0]),
    xHigh: Math.min(x.high, axes.x.domain[1]),
    y: y.mean,
    yLow: Math.max(y.low, axes.y.domain[0]),
    yHigh: Math.min(y.high, axes.y.domain[1]),
    isBest: best.includes(index),
  }));
  const at = { x: { field: 'x', ...axes.x.channel }, y: { field: 'y', ...axes.y.channel } };
  const names = variants.map(({ name }) => name);
  const below = names.length > 8 ? { legend: { orient: 'bottom' } } : {};
  const color = {
    field: 'variant',
    type: 'nominal',
    scale: { domain: names, range: variants.map((of) => of.color) },
    ...below,
  };
  const shape = { field: 'variant', type: 'nominal', scale: { domain: names, range: variants.map((of) => of.shape) } };
  const faded = { condition: { test: 'datum.isBest', value: 1 }, value: 0.4 };
  return {
    width: 600,
    height: 420,
    usermeta: { legendCharacters: Math.max(0, ...names.map(({ length }) => length)) },
    layer: [
      {
        data: { values: best.map((index, order) => ({ ...rows[index], order })) },
        mark: { type: 'line', interpolate: 'step-after', style: 'guide', strokeDash: [4, 3], strokeWidth: 1.5 },
        encoding: { ...at, order: { field: 'order', type: 'quantitative' } },
      },
      {
        data: { values: rows },
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: { x: { field: 'xLow', ...axes.x.channel }, x2: { field: 'xHigh' }, y: at.y, color, opacity: faded },
      },
      {
        data: { values: rows },
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: { x: at.x, y: { field: 'yLow', ...axes.y.channel }, y2: { field: 'yHigh' }, color, opacity: faded },
      },
      {
        data: { values: rows },
        mark: { type: 'point', filled: true, size: 150 },
        encoding: { ...at, color, shape, opacity: faded },
      },
      {
        name: 'labels',
        data: { values: [...rows].sort((a, b) => Number(b.isBest) - Number(a.isBest)) },
        mark: { type: 'text', style: 'note', align: 'left', dx: 9, dy: -8 },
        encoding: {
          ...at,
          text: { field: 'variant' },
          opacity: { condition: { test: 'datum.isBest', value: 1 }, value: 0.65 },
        },
      },
    ],
  };
}

/**
 * Logarithmic where the means span a decade.
 * @param {Measure} measure
 * @param {readonly MeasureValue[]} values
 */
function axis({ label, unit, better }, values) {
  const means = values.map(({ mean }) => mean);
  const isLog = Math.min(...means) > 0 && Math.max(...means) >= 10 * Math.min(...means);
  const said = [unit, isLog ? 'log scale' : '', `${better} is better`].filter((word) => word !== '').join(', ');
  const domain = isLog ? logFrame(values) : frame(values);
  return {
    domain,
    channel: {
      type: 'quantitative',
      title: [label, `(${said})`],
      scale: { type: isLog ? 'log' : 'linear', domain, nice: false, ...(isLog ? {} : { zero: false }) },
      axis: { tickCount: 6, labelOverlap: true, format: largest(domain) >= 10_000 ? '.3~s' : undefined },
    },
  };
}

/**
 * From the lowest to the highest bound, with a margin, but no further beyond the means than their spread, or half the width of the
 * middle one of the intervals where that is more: a longer interval is cut there.
 * @param {readonly MeasureValue[]} values
 * @returns {[number, number]}
 */
function frame(values) {
  if (values.length === 0) return [0, 1];
  const means = values.map(({ mean }) => mean);
  const [least, most] = [Math.min(...means), Math.max(...means)];
  const halves = values.map(({ low, high }) => (high - low) / 2).sort((a, b) => a - b);
  const reach = Math.max(most - least, halves[Math.floor(halves.length / 2)]) || Infinity;
  const low = Math.max(Math.min(...values.map((of) => of.low)), least - reach);
  const high = Math.min(Math.max(...values.map((of) => of.high)), most + reach);
  const margin = 0.08 * (high - low) || 0.05 * Math.abs(high) || 0.05;
  return [low - margin, high + margin];
}

/**
 * An interval may reach to zero or below, where there is no logarithm: the frame begins at half the lowest mean then.
 * @param {readonly MeasureValue[]} values
 * @returns {[number, number]}
 */
function logFrame(values) {
  const least = Math.min(...values.map(({ mean }) => mean)) / 2;
  const low = Math.max(least, Math.min(...values.map((of) => of.low)) / 1.3);
  return [low, Math.max(...values.map((of) => of.high)) * 1.3];
}

/** @param {[number, number]} domain */
function largest([low, high]) {
  return Math.max(Math.abs(low), Math.abs(high));
}
