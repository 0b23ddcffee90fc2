/**
 * ln Γ(x) for x > 0, by Stirling's series at a shifted argument:
 *
 *     ln Γ(x) = ln Γ(x + k) - ln (x (x+1) ⋯ (x+k-1)),
 *     ln Γ(z) = (z - 1/2) ln z - z + ln(2π)/2 + 1/(12 z) - 1/(360 z³) + 1/(1260 z⁵) - …
 *
 * Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 6.1.15 and 6.1.41. From z = 15 on, the terms left out are
 * below 1e-16.
 */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  for (; shifted < 15; shifted++) product *= shifted;
  const square = 1 / shifted ** 2;
  const series = [691 / 360360, -1 / 1188, 1 / 1680, -1 / 1260, 1 / 360, -1 / 12].reduce(
    (sum, term) => sum * square - term,
    0,
  );
  return (
    (shifted - 0.5) * Math.log(shifted) - shifted + Math.log(2 * Math.PI) / 2 + series / shifted - Math.log(product)
  );
}
