import type { ExperimentPlan } from './experimentPlan.ts';
import { ofVariant } from './variantInPlan.ts';

export interface References {
  /** What most are compared with: LoRA, or the first variant where there is none of that name. Empty in a plan without variants. */
  main: string;
  /** By variant, what it is compared with; null for one that is compared with nothing. */
  of: Readonly<Record<string, string | null>>;
}

/** Whom each variant of a plan is compared with: the one that its entry names as `reference`, else the main one. */
export function references(plan: ExperimentPlan): References {
  const names = Object.keys(plan.variants);
  const main = names.find((name) => name.toLowerCase() === 'lora') ?? names[0] ?? '';
  const of = Object.fromEntries(
    names.map((name) => {
      const reference = ofVariant(plan, name).reference ?? main;
      return [name, reference === name ? null : reference];
    }),
  );
  return { main, of };
}
