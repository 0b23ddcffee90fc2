import { differingFields } from './difference.ts';
import type { Json } from './json.ts';
import type { RunPlan } from './record/plan.ts';

/** What a plan says once for all variants that have nothing else. */
export type Settings = Pick<RunPlan, 'base' | 'learn' | 'retain' | 'adapt' | 'train'>;

/** Of one variant, those that are not the experiment's; of the training, the options that differ. */
export function ownSettings(
  { train, ...own }: Settings,
  { train: common, ...settings }: Settings,
): Record<string, Json> {
  const differing = differingFields(train, common);
  return {
    ...differingFields(own, settings),
    ...(Object.keys(differing).length > 0 && { train: differing }),
  };
}
