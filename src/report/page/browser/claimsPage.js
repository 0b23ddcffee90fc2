import { hasWords } from './sortedRows.js';

/** The page of claims: those of one verdict, or with some words. What is chosen is kept in the address. */

const rows = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#claims tbody tr'))];
const verdict = /** @type {HTMLSelectElement | null} */ (document.getElementById('verdict'));
const filter = /** @type {HTMLInputElement | null} */ (document.getElementById('filter'));
const count = document.getElementById('filter-count');

function showClaims() {
  for (const row of rows)
    row.hidden =
      (verdict?.value !== '' && verdict?.value !== row.dataset.verdict) ||
      !hasWords(row.textContent ?? '', filter?.value ?? '');
  const left = rows.filter((row) => !row.hidden).length;
  if (count) count.textContent = left === rows.length ? '' : `${left} of ${rows.length} claims`;
}

function chooseClaims() {
  const words = new URLSearchParams();
  if (verdict?.value) words.set('verdict', verdict.value);
  if (filter?.value) words.set('filter', filter.value);
  const text = words.toString();
  try {
    history.replaceState(null, '', text === '' ? location.pathname + location.search : `#${text}`);
  } catch {
    // A page inside of another one has no address of its own.
  }
  showClaims();
}

function readClaims() {
  const words = new URLSearchParams(location.hash.slice(1));
  if (verdict) verdict.value = words.get('verdict') ?? '';
  if (verdict?.selectedIndex === -1) verdict.value = '';
  if (filter) filter.value = words.get('filter') ?? '';
  showClaims();
}

for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.scripted')))
  element.hidden = false;
verdict?.addEventListener('change', chooseClaims);
filter?.addEventListener('input', chooseClaims);
addEventListener('hashchange', readClaims);
readClaims();
