/**
 * Student's t distribution with a whole number of degrees of freedom ν, by its finite series:
 * with θ = atan(t / √ν), P(|T| <= t) is
 *
 *     ν odd:   2/π (θ + sin θ (cos θ + 2/3 cos³θ + … + (2·4⋯(ν-3))/(3·5⋯(ν-2)) cos^(ν-2) θ))
 *     ν even:  sin θ (1 + 1/2 cos²θ + … + (1·3⋯(ν-3))/(2·4⋯(ν-2)) cos^(ν-2) θ)
 *
 * Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4.
 */
export function studentTWithin(t: number, degreesOfFreedom: number): number {
  const theta = Math.atan(t / Math.sqrt(degreesOfFreedom));
  const square = Math.cos(theta) ** 2;
  const odd = degreesOfFreedom % 2 === 1;
  let term = odd ? Math.cos(theta) : 1;
  let sum = 0;
  for (let power = odd ? 1 : 0; power <= degreesOfFreedom - 2; power += 2) {
    sum += term;
    term *= ((power + 1) / (power + 2)) * square;
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
}

/**
 * The t for which P(T <= t) = probability, found by bisection. `degreesOfFreedom` is a whole number >= 1; the probability lies
 * strictly between 0 and 1. Good to 1e-12, relative, for probabilities from 1e-4 to 1 - 1e-4.
 */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  if (!Number.isInteger(degreesOfFreedom) || degreesOfFreedom < 1)
    throw new Error(`degrees of freedom are a whole number >= 1, not ${degreesOfFreedom}`);
  if (!(probability > 0 && probability < 1))
    throw new Error(`a probability lies strictly between 0 and 1, unlike ${probability}`);
  if (probability < 0.5) return -studentTQuantile(1 - probability, degreesOfFreedom);
  const within = 2 * probability - 1;
  let low = 0;
  let high = 1;
  while (studentTWithin(high, degreesOfFreedom) < within) high *= 2;
  for (let middle = high / 2; middle > low && middle < high; middle = (low + high) / 2)
    if (studentTWithin(middle, degreesOfFreedom) < within) low = middle;
    else high = middle;
  return (low + high) / 2;
}
