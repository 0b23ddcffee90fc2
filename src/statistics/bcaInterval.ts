import { type Stream, stream } from '../tensor/random.ts';
import { mean } from './mean.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { quantileOfSorted } from './quantile.ts';
import type { Interval } from './tInterval.ts';

const resamples = 20_000;

/**
 * BCa bootstrap interval of the mean: bias-corrected and accelerated (Efron, "Better Bootstrap Confidence Intervals", Journal of the
 * American Statistical Association 82 (1987) 171). Of the means of resamples, drawn with replacement, it takes the quantiles
 *
 *     Φ(z₀ + (z₀ ± z) / (1 - a (z₀ ± z))),   z = Φ⁻¹((1 + level) / 2),   z₀ = Φ⁻¹(share of resamples with a smaller mean)
 *
 * a is the exact acceleration below; of resamples with the same mean (to the bit), half count as smaller. The 20,000 resamples are drawn
 * from `from`, the same for all samples of a size unless given, so that a report can be made again to the byte. Null for fewer than
 * two values and for a constant sample, whose resamples are all alike. A sample has at most 65,536 values.
 */
export function bcaInterval(values: readonly number[], level = 0.95, from?: Stream): Interval | null {
  const a = acceleration(values);
  if (a === null) return null;
  const places = from ? drawnPlaces(values.length, from) : placesOf(values.length);
  const center = mean(values);
  const means = resampledMeans(values, places);
  const smaller = means.reduce((sum, value) => sum + (value === center ? 0.5 : Number(value < center)), 0);
  const bias = normalQuantile(smaller / means.length);
  const bound = (z: number): number => quantileOfSorted(means, normalCdf(bias + (bias + z) / (1 - a * (bias + z))));
  const z = normalQuantile((1 + level) / 2);
  return { low: bound(-z), high: bound(z) };
}

/**
 * Acceleration of the mean by the jackknife: Σ dᵢ³ / (6 (Σ dᵢ²)^(3/2)), where dᵢ is how far the mean without value i lies below the mean
 * of all such means (Efron and Tibshirani, An Introduction to the Bootstrap (1993), 14.15). Leaving out xᵢ takes the mean down by
 * (xᵢ - x̄) / (n - 1), so that the factor 1 / (n - 1) cancels. Null where it has no value.
 */
export function acceleration(values: readonly number[]): number | null {
  if (values.length < 2 || values.every((value) => value === values[0])) return null;
  const center = mean(values);
  const sum = (power: number): number => values.reduce((total, value) => total + (value - center) ** power, 0);
  return sum(3) / (6 * sum(2) ** 1.5);
}

/** Means of resamples, ascending. */
function resampledMeans(values: readonly number[], places: Uint16Array): Float64Array {
  const size = values.length;
  const means = new Float64Array(resamples);
  for (let index = 0; index < resamples; index++) {
    let sum = 0;
    for (let at = index * size; at < (index + 1) * size; at++) sum += values[places[at]];
    means[index] = sum / size;
  }
  return means.sort();
}

/** For each resample of a sample of this size, the places of the values it is made of. */
function drawnPlaces(size: number, from: Stream): Uint16Array {
  return Uint16Array.from({ length: size * resamples }, () => Math.floor(from.uniform() * size));
}

const fixedPlaces = new Map<number, Uint16Array>();

/** Places from the fixed stream. Drawing them costs more than the rest, and a report has dozens of samples of the same size. */
function placesOf(size: number): Uint16Array {
  const places = fixedPlaces.get(size) ?? drawnPlaces(size, stream(0, 'bootstrap'));
  if (size <= 64) fixedPlaces.set(size, places);
  return places;
}
