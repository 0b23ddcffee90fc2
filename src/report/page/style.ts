/** Style of the report's page: light or dark as the reader's system asks, and one column that fits a phone. */
export const pageStyle = `
:root { color-scheme: light dark; --text: #222; --quiet: #5c5f66; --line: #dcdee2; --edge: #8b9099; --paper: #fff; --panel: #f6f7f9; --accent: #00568a; --warn: #9c3c00; --ink: #333; --grid: #e3e3e3; --strong: #111; }
@media screen and (prefers-color-scheme: dark) {
  :root { --text: #dcdcdc; --quiet: #a2a6ad; --line: #3a3d42; --edge: #767c86; --paper: #17181b; --panel: #1f2125; --accent: #6cb8ec; --warn: #f0a070; --ink: #d0d0d0; --grid: #3a3d42; --strong: #f5f5f5; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 54rem; padding: 1.5rem 1.25rem 4rem; background: var(--paper); color: var(--text); font: 16px/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { margin: 0; font-size: 1.1rem; font-weight: 600; color: var(--quiet); }
.question { margin: .25rem 0 1rem; font-size: 1.7rem; font-weight: 700; line-height: 1.25; text-wrap: balance; }
.headline { margin: 0 0 1.25rem; padding: .9rem 1.1rem; border-left: 4px solid var(--accent); background: var(--panel); font-size: 1.1rem; }
h2 { margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 1.3rem; }
h3 { margin: 0 0 .75rem; font-size: 1.05rem; line-height: 1.35; text-wrap: balance; }
ul.answer { margin: 0; padding: 0; list-style: none; }
ul.answer li { margin: .6rem 0; padding-left: 1.5rem; position: relative; }
ul.answer .swatch { position: absolute; left: 0; top: .3em; }
.swatch { width: .95em; height: .95em; margin-right: .45em; vertical-align: -.12em; flex: none; }
[hidden] { display: none !important; }
button, select, input[type=search] { font: inherit; font-size: .9rem; color: inherit; background: var(--paper); border: 1px solid var(--edge); border-radius: 5px; padding: .2rem .55rem; max-width: 100%; }
button { cursor: pointer; }
button:hover, select:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1.1rem; align-items: baseline; margin: 0 0 .75rem; }
.controls label { max-width: 100%; }
#pick { position: sticky; top: 0; z-index: 2; margin: 0 0 1.25rem; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; }
#pick summary { padding: .45rem .8rem; cursor: pointer; }
#pick output { font-weight: 600; }
.picking { max-height: 60vh; overflow-y: auto; padding: 0 .8rem .8rem; }
.picking p { display: flex; flex-wrap: wrap; gap: .4rem; margin: .2rem 0 .6rem; }
.boxes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 12rem), 1fr)); gap: .15rem .9rem; font-size: .92rem; }
.boxes label { display: flex; align-items: baseline; gap: .4rem; padding: .1rem 0; cursor: pointer; }
.boxes input { flex: none; margin: 0; align-self: center; }
.boxes .swatch { margin: 0; align-self: center; }
.boxes span { min-width: 0; overflow-wrap: anywhere; }
.of-some { display: none; margin: -.4rem 0 .6rem; }
.some .of-some { display: block; }
.quiet { color: var(--quiet); font-size: .92rem; }
figure { margin: 2.25rem 0; }
figcaption { margin-top: .5rem; color: var(--quiet); font-size: .92rem; max-width: 44rem; }
.chart, .chart.vega-embed { display: block; overflow-x: auto; }
.chart svg { max-width: 100%; height: auto; } /* what is still too wide after drawing, where axes and names leave no room, shrinks */
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .5rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { background: var(--panel); font-weight: 600; white-space: nowrap; }
tbody tr:last-child td, tbody tr:last-child th { border-bottom: 0; }
tbody th { position: sticky; left: 0; white-space: normal; }
.name { display: flex; align-items: baseline; width: max-content; max-width: min(15rem, 34vw); }
.name > span { min-width: 0; overflow-wrap: anywhere; }
@media screen and (min-width: 70rem) {
  .scroll { width: fit-content; min-width: 100%; max-width: min(94vw, 100rem); margin-left: 50%; transform: translateX(-50%); }
}
thead button { all: unset; cursor: pointer; }
thead button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
thead button::after { content: '\\2195'; margin-left: .35em; color: var(--quiet); opacity: .6; }
thead [aria-sort=ascending] button::after { content: '\\2191'; color: var(--accent); opacity: 1; }
thead [aria-sort=descending] button::after { content: '\\2193'; color: var(--accent); opacity: 1; }
td { white-space: nowrap; }
td small { display: block; color: var(--quiet); font-size: .92em; }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .35rem 1rem; margin: 0; font-size: .92rem; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
code, pre { font: .88em/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.stopped li { margin: .35rem 0; }
.stopped b { color: var(--warn); }
.sample { margin: 1rem 0; padding: .75rem 1rem; background: var(--panel); border-radius: 6px; }
a { color: var(--accent); }
@media (max-width: 34rem) {
  body { padding: 1rem .9rem 3rem; }
  .question { font-size: 1.35rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .6rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; }
  #pick, .controls, thead button::after { display: none; }
  .scroll, .chart { overflow: visible; border: 0; }
  table { font-size: 7.5pt; }
  th, td { padding: .2rem .3rem; white-space: normal; }
  th { white-space: normal; }
  figure, tr, .sample { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  a { color: inherit; }
}
`;
