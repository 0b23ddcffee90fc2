/**
 * Where an engine's own rounding needs more than a case allows: factors on the tolerances, by engine and by what is compared, each with
 * the measurement that asks for it. What is not named here has the factor 1.
 *
 * None is needed: see the measurement in test/parity/engineTolerance.test.ts and the shares in docs/fidelity.md.
 */
import type { Deviation } from './caseResult.ts';

type Factors = { readonly [engine: string]: { readonly [what: string]: number } };

export const engineFactors: Factors = {};

type Deviations = { readonly [what: string]: Deviation };

/** The deviations with the tolerances of this engine; a factor that is not 1 is told. */
export function withEngineTolerance(
  deviations: Deviations,
  engine: string,
  factors: Factors = engineFactors,
): Deviations {
  return Object.fromEntries(
    Object.entries(deviations).map(([what, deviation]) => {
      const factor = factors[engine]?.[what] ?? 1;
      return [what, factor === 1 ? deviation : { ...deviation, tolerance: deviation.tolerance * factor, factor }];
    }),
  );
}
