import type { ExperimentPlan } from '../results/experimentPlan.ts';
import { ofVariant } from '../results/variantInPlan.ts';
import { methodOfVariant } from './methodNames.ts';

/** Variants that belong together. */
export interface VariantGroup {
  label: string;
  variants: string[];
}

/** By method and by level of each factor of the design: all groups of several variants, but not of all. */
export function variantGroups(plan: ExperimentPlan): VariantGroup[] {
  const names = Object.keys(plan.variants);
  const groups = new Map<string, string[]>();
  const add = (label: string, variant: string): unknown => groups.set(label, [...(groups.get(label) ?? []), variant]);
  for (const name of names) {
    const method = methodOfVariant(name);
    if (method !== null) add(method, name);
  }
  for (const name of names)
    for (const [factor, level] of Object.entries(ofVariant(plan, name).factors)) add(`${factor} ${level}`, name);
  return [...groups]
    .map(([label, variants]) => ({ label, variants }))
    .filter(({ variants }) => variants.length > 1 && variants.length < names.length);
}
