/**
 * The page's script: draws each chart of `#charts` as wide as its place, in the theme of the reader's system, and again when either
 * changes. It runs in a browser under a policy that forbids eval, so vega interprets its expressions (`ast`). A plot is first
 * drawn in the width of its place, then narrowed by what the axes took.
 */
export const pageScript = `
(function () {
  'use strict';
  var data = JSON.parse(document.getElementById('charts').textContent);
  var dark = matchMedia('(prefers-color-scheme: dark)');

  function setWidth(spec, width) {
    if (typeof spec.width === 'number') spec.width = width;
    (spec.vconcat || []).forEach(function (part) { setWidth(part, width); });
    var beside = spec.hconcat || [], gaps = (spec.spacing || 0) * (beside.length - 1);
    beside.forEach(function (part) { setWidth(part, Math.floor((width - gaps) / beside.length)); });
  }

  function embed(place, chart, plotWidth) {
    var spec = JSON.parse(JSON.stringify(chart.spec));
    delete spec.title;
    setWidth(spec, plotWidth);
    var config = JSON.parse(JSON.stringify(dark.matches ? data.themes.dark : data.themes.light));
    var characters = (spec.usermeta || {}).legendCharacters || 0;
    config.legend.columns = Math.max(1, Math.floor((plotWidth + 40) / (7 * characters + 36)));
    return vegaEmbed(place, spec, { ast: true, actions: false, renderer: 'svg', config: config });
  }

  function draw(chart) {
    var place = document.getElementById('chart-' + chart.name);
    var room = Math.min(place.clientWidth, 760);
    var plotWidth = Math.max(140, room - 80);
    return embed(place, chart, plotWidth).then(function (first) {
      var over = place.querySelector('svg').getBoundingClientRect().width - room;
      if (Math.abs(over) < 2) return first;
      first.finalize();
      return embed(place, chart, Math.max(140, Math.floor(plotWidth - over)));
    }).catch(function (error) {
      place.textContent = 'This chart could not be drawn: ' + error.message;
    });
  }

  function drawAll() {
    return data.charts.reduce(function (before, chart) { return before.then(function () { return draw(chart); }); }, Promise.resolve());
  }

  var width = innerWidth, later;
  addEventListener('resize', function () {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(later);
    later = setTimeout(drawAll, 200);
  });
  dark.addEventListener('change', drawAll);
  drawAll();
})();
`;
