/** Style of the report's page: light or dark as the reader's system asks, and one column that fits a phone. */
export const pageStyle = `
:root { color-scheme: light dark; --text: #222; --quiet: #5c5f66; --line: #dcdee2; --paper: #fff; --panel: #f6f7f9; --accent: #00568a; --warn: #9c3c00; }
@media (prefers-color-scheme: dark) {
  :root { --text: #dcdcdc; --quiet: #a2a6ad; --line: #3a3d42; --paper: #17181b; --panel: #1f2125; --accent: #6cb8ec; --warn: #f0a070; }
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
.swatch { position: absolute; left: 0; top: .38em; width: .85em; height: .85em; border-radius: 50%; }
.quiet { color: var(--quiet); font-size: .92rem; }
figure { margin: 2.25rem 0; }
figcaption { margin-top: .5rem; color: var(--quiet); font-size: .92rem; max-width: 44rem; }
.chart { overflow-x: auto; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .5rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { background: var(--panel); font-weight: 600; white-space: nowrap; }
tbody tr:last-child td, tbody tr:last-child th { border-bottom: 0; }
tbody th { position: sticky; left: 0; white-space: normal; min-width: 5rem; }
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
@media print { .scroll, .chart { overflow: visible; } figure { break-inside: avoid; } }
`;
