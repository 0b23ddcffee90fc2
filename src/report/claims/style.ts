/** Style of the page of claims, after that of all pages. A verdict is a word, its colour and its mark. */
export const claimsStyle = `
body { max-width: 68rem; }
#claims { width: 100%; }
#claims th[scope=row], #claims td { white-space: normal; font-weight: 400; min-width: 12rem; }
#claims td:nth-child(2) { min-width: 7.5rem; }
#claims tr:target th, #claims tr:target td { background: var(--panel); }
.verdict::before { margin-right: .4em; }
[data-verdict="holds"] .verdict { color: var(--accent); }
[data-verdict="holds"] .verdict::before { content: '\\2713'; }
[data-verdict="fails"] .verdict { color: var(--warn); }
[data-verdict="fails"] .verdict::before { content: '\\2717'; }
[data-verdict="mixed"] .verdict::before { content: '\\00b1'; }
[data-verdict="no difference shown"] .verdict::before { content: '='; }
[data-verdict="not measured"] .verdict { color: var(--quiet); }
[data-verdict="not measured"] .verdict::before { content: '\\2013'; }
#claims .source { margin: 0 0 .15rem; font-weight: 600; }
#claims .findings { list-style: none; margin: 0 0 .5rem; padding: 0; }
#claims .findings li { padding-left: 1.3em; text-indent: -1.3em; margin: 0 0 .2rem; }
#claims .findings span { display: inline-block; width: 1em; text-indent: 0; font-weight: 600; }
@media (max-width: 34rem) {
  #claims thead { display: none; }
  #claims tr, #claims td, #claims th { display: block; position: static; border: 0; background: none; padding: .2rem .75rem; min-width: 0; }
  #claims tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  #claims th[scope=row] { font-weight: 600; }
}
`;
