/** The material of the group in hand: one at a time, as long as groups of the same base, target and longest text come together. */
import type { Experiment } from './define.ts';
import type { Group } from './groups.ts';
import { type Lanes, lanesFor, meanTokens, rowsOf } from './lanes.ts';
import { type Material, openMaterial } from './material.ts';
import { pairOf } from './pair.ts';
import type { Run } from './plan.ts';
import { variantNamed } from './variant.ts';

export interface Materials {
  /** Held until a group of another pair asks. */
  of(group: Pick<Group, 'runs'>): Material;
  /** How many runs of each variant go through a step together. */
  lanes(laneCap: number): Lanes;
  dispose(): void;
}

/**
 * Of all runs of a plan. Each pair is opened once at the beginning, so that what is wrong with one is said before any work is done.
 * `say` hears what a person should know, once: texts that had to be cut.
 */
export function openMaterials(experiment: Experiment, runs: readonly Run[], say: (message: string) => void): Materials {
  const said = new Set<string>();
  const sayOnce = (message: string): void => void (said.has(message) || (said.add(message), say(message)));
  let held: { readonly pair: string; readonly material: Material } | null = null;
  const dispose = (): void => {
    held?.material.dispose();
    held = null;
  };
  const of = (run: Run): Material => {
    const pair = pairOf(run);
    if (held?.pair === pair) return held.material;
    dispose();
    const material = openMaterial(experiment, sayOnce, variantNamed(experiment, run.variant));
    held = { pair, material };
    return material;
  };
  const firstOfPair = new Map([...runs].reverse().map((run) => [pairOf(run), run]));
  // The first pair comes last, and stays.
  const tokens = new Map([...firstOfPair].map(([pair, run]) => [pair, meanTokens(of(run).training)]));
  const firstOfVariant = new Map([...runs].reverse().map((run) => [run.variant, run]));
  return {
    of: ({ runs: [run] }) => of(run!),
    lanes: (laneCap) =>
      Object.fromEntries(
        [...firstOfVariant].map(([name, run]) => {
          const { train } = variantNamed(experiment, name);
          return [name, lanesFor(rowsOf(train, tokens.get(pairOf(run))!), laneCap)];
        }),
      ),
    dispose,
  };
}
