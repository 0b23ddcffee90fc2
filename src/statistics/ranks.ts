/** Ranks from 1, smallest first; equal values share the mean of their places. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a] - values[b]);
  const found: number[] = [];
  for (let first = 0, next = 0; first < order.length; first = next) {
    while (next < order.length && values[order[next]] === values[order[first]]) next++;
    for (const at of order.slice(first, next)) found[at] = (first + 1 + next) / 2;
  }
  return found;
}
