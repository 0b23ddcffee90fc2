/** The list of variants, to choose those that are shown. */

/**
 * @param {import('../data.ts').PageData} data
 * @param {(change: Partial<import('./viewState.js').ViewState>) => void} change
 */
export function variantPicker({ variants, groups }, change) {
  const panel = document.getElementById('pick');
  const count = document.getElementById('pick-count');
  const boxes = [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('#pick input'))];
  const names = variants.map(({ name }) => name);
  if (panel) panel.hidden = names.length < 2;

  /** @param {readonly string[]} some */
  const pick = (some) =>
    change({ shown: some.length === names.length ? null : names.filter((name) => some.includes(name)) });
  for (const box of boxes)
    box.addEventListener('change', () => pick(boxes.filter(({ checked }) => checked).map(({ value }) => value)));
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('#pick button')))
    button.addEventListener('click', () => {
      const { pick: which = '' } = button.dataset;
      pick(which === 'all' ? names : which === 'none' ? [] : groups[Number(which)].variants);
    });

  /** @param {readonly string[]} picked */
  return function show(picked) {
    for (const box of boxes) box.checked = picked.includes(box.value);
    if (count)
      count.textContent =
        picked.length === names.length ? `all ${names.length}` : `${picked.length} of ${names.length}`;
    document.body.classList.toggle('some', picked.length < names.length);
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (
      document.querySelectorAll('li[data-variant], figure[data-variant]')
    ))
      element.hidden = !picked.includes(element.dataset.variant ?? '');
  };
}
