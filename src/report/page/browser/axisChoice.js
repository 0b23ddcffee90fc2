/** The two lists that choose what a Pareto plot compares. */

/**
 * @param {import('../data.ts').PageData} data
 * @param {(change: Partial<import('./viewState.js').ViewState>) => void} change
 */
export function axisChoice({ measures }, change) {
  const [x, y] = ['axis-x', 'axis-y'].map(
    (id) => /** @type {HTMLSelectElement | null} */ (document.getElementById(id)),
  );
  const first = { x: x?.value ?? '', y: y?.value ?? '' };
  const section = document.getElementById('pareto');
  if (section) section.hidden = measures.length < 2;
  x?.addEventListener('change', () => change({ x: x.value }));
  y?.addEventListener('change', () => change({ y: y.value }));

  /** The keys of both, after showing them. @param {{ x: string | null, y: string | null }} state */
  return function show(state) {
    const chosen = { x: state.x ?? first.x, y: state.y ?? first.y };
    if (x) x.value = chosen.x;
    if (y) y.value = chosen.y;
    return chosen;
  };
}
