/** The x >= 0 at which an increasing function reaches `wanted`, by bisection to the last bit; 0 where f(0) is there already. */
export function invert(increasing: (x: number) => number, wanted: number): number {
  if (increasing(0) >= wanted) return 0;
  let low = 0;
  let high = 1;
  while (increasing(high) < wanted) {
    low = high;
    high *= 2;
    if (high === Infinity) throw new Error(`no x was found at which the function reaches ${wanted}`);
  }
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
    if (increasing(middle) < wanted) low = middle;
    else high = middle;
  return high;
}
