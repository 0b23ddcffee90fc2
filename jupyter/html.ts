/** A notebook as one page that needs no other file, no script and no network. */
import { marked } from 'marked';
import { pageHtml } from '../src/report/page/page.ts';
import { contentSecurityPolicy, escapeHtml } from '../src/report/page/policy.ts';
import { type Cell, isBase64, type Notebook, type Output } from './notebook.ts';

const style = `
body { font: 16px/1.55 system-ui, sans-serif; color: #1b1f24; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 2.2em; }
a { color: #0b5cad; }
code, pre { font: 13.5px/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
:not(pre) > code { background: #f3f4f6; padding: 0.1em 0.3em; border-radius: 4px; }
pre { margin: 0; padding: 0.75rem 1rem; overflow-x: auto; }
.code { background: #f6f8fa; border: 1px solid #d7dce2; border-radius: 6px; margin-top: 1rem; }
.output { padding: 0.25rem 0 0.25rem 1rem; border-left: 3px solid #d7dce2; margin: 0.5rem 0 1rem; overflow-x: auto; }
.output pre { padding: 0.25rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.stderr { color: #8a1c1c; }
img, svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; font-size: 0.85rem; line-height: 1.4; }
th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid #d7dce2; text-align: left; vertical-align: top; min-width: 4.5rem; }
`;

/** Nothing is loaded and no script runs: what a cell displays cannot change that. The page is to lie in results/notebooks. */
export const notebookHtml = (name: string, { cells }: Notebook): string =>
  pageHtml({ title: name, policy: contentSecurityPolicy([]), style, body: cells.map(cellHtml).join('\n') });

function cellHtml(cell: Cell): string {
  if (cell.cell_type === 'markdown') return linksOfPage(marked.parse(cell.source, { async: false }));
  const outputs = cell.outputs.map((output) => `<div class="output">${outputHtml(output)}</div>`);
  return [`<pre class="code"><code>${escapeHtml(cell.source)}</code></pre>`, ...outputs].join('\n');
}

/** Links of a notebook as its page has them: one folder further down, beside the pages of the other notebooks. */
function linksOfPage(html: string): string {
  return html.replace(/href="\.\.\//g, 'href="../../').replace(/href="([\w-]+)\.ipynb"/g, 'href="$1.html"');
}

function outputHtml(output: Output): string {
  if (output.output_type === 'stream') return `<pre class="${output.name}">${escapeHtml(output.text)}</pre>`;
  const [type, value] = Object.entries(output.data)[0];
  if (type === 'text/html') return value;
  if (type === 'text/markdown') return marked.parse(value, { async: false });
  if (!type.startsWith('image/')) return `<pre>${escapeHtml(isBase64(type) ? `(${type})` : value)}</pre>`;
  const base64 = isBase64(type) ? value : Buffer.from(value).toString('base64');
  return `<img alt="" src="data:${type};base64,${base64}">`;
}
