/**
 * The integral of a smooth function over [from, to], by Simpson's rule on panels that are halved until the two halves agree with the
 * whole (adaptive quadrature with Richardson's correction; Lyness, Journal of the ACM 16 (1969) 483). `tolerance` is absolute.
 */
export function integrate(f: (x: number) => number, from: number, to: number, tolerance: number): number {
  const panels = 16;
  const width = (to - from) / panels;
  let sum = 0;
  for (let panel = 0; panel < panels; panel++) {
    const a = from + panel * width;
    const ends = [f(a), f(a + width / 2), f(a + width)] as const;
    sum += refined(f, a, width, ends, tolerance / panels, 40);
  }
  return sum;
}

function refined(
  f: (x: number) => number,
  a: number,
  width: number,
  [left, middle, right]: readonly [number, number, number],
  tolerance: number,
  depth: number,
): number {
  const whole = (width / 6) * (left + 4 * middle + right);
  const [leftMiddle, rightMiddle] = [f(a + width / 4), f(a + (3 * width) / 4)];
  const halves = (width / 12) * (left + 4 * leftMiddle + 2 * middle + 4 * rightMiddle + right);
  const error = (halves - whole) / 15;
  if (depth === 0 || Math.abs(error) <= tolerance) return halves + error;
  const half = width / 2;
  return (
    refined(f, a, half, [left, leftMiddle, middle], tolerance / 2, depth - 1) +
    refined(f, a + half, half, [middle, rightMiddle, right], tolerance / 2, depth - 1)
  );
}
