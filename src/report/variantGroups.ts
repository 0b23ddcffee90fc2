import type { Summary } from '../results/summary.ts';
import { methodOfVariant } from './methodNames.ts';

/** Variants that belong together. */
export interface VariantGroup {
  label: string;
  variants: string[];
}

/** By method and by level of each factor of the design: all groups of several variants, but not of all. */
export function variantGroups({ variants }: Summary): VariantGroup[] {
  const groups = new Map<string, string[]>();
  const add = (label: string, variant: string): unknown => groups.set(label, [...(groups.get(label) ?? []), variant]);
  for (const { variant } of variants) {
    const method = methodOfVariant(variant);
    if (method !== null) add(method, variant);
  }
  for (const row of variants)
    for (const [factor, level] of Object.entries(factorsOf(row))) add(`${factor} ${level}`, row.variant);
  return [...groups]
    .map(([label, of]) => ({ label, variants: of }))
    .filter(({ variants: of }) => of.length > 1 && of.length < variants.length);
}

/** A variant's place in the design. */
function factorsOf(row: object): Record<string, number | string> {
  return (row as { factors?: Record<string, number | string> }).factors ?? {};
}
