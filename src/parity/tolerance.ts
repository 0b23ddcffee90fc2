/** Ten times what float32 drifts from float64, rounded up to 1, 2 or 5 times a power of ten, but not below the floor. */
export function tenTimes(drift: number, floor: number): number {
  const wanted = 10 * drift;
  if (wanted <= floor) return floor;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const digit = [1, 2, 5, 10].find((times) => times * power >= wanted * (1 - 1e-12))!;
  return Number((digit * power).toPrecision(1));
}
