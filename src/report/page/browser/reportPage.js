import { axisChoice } from './axisChoice.js';
import { chartDrawer } from './drawAll.js';
import { tables } from './tables.js';
import { variantPicker } from './variantPicker.js';
import { readState, stateText } from './viewState.js';

/** The page of an experiment's report: what a reader chooses is kept in the address, and everything shows it. */

/** @type {import('../data.ts').PageData} */
const data = JSON.parse(document.getElementById('page-data')?.textContent ?? '');
const { names: tableNames, show: showTables } = tables((name, part) =>
  change({ tables: { ...state.tables, [name]: { ...state.tables[name], ...part } } }),
);
const known = {
  variants: data.variants.map(({ name }) => name),
  measures: data.measures.map(({ key }) => key),
  tables: tableNames,
};
let state = readState(location.hash, known);

/** @param {Partial<import('./viewState.js').ViewState>} part */
function change(part) {
  state = { ...state, ...part };
  const text = stateText(state);
  try {
    history.replaceState(null, '', text === '' ? location.pathname + location.search : `#${text}`);
  } catch {
    // A page inside of another one has no address of its own.
  }
  show();
}

const showPicked = variantPicker(data, change);
const showAxes = axisChoice(data, change);
const drawAll = chartDrawer(data);

function show() {
  const picked = state.shown ?? known.variants;
  showPicked(picked);
  showTables({ tables: state.tables, picked });
  void drawAll({ picked, ...showAxes(state) });
}

for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.scripted')))
  element.hidden = false;
addEventListener('hashchange', () => {
  state = readState(location.hash, known);
  show();
});
let later = 0;
let width = innerWidth;
addEventListener('resize', () => {
  if (innerWidth === width) return;
  width = innerWidth;
  clearTimeout(later);
  later = setTimeout(show, 200);
});
show();
