/** What PEFT's print_trainable_parameters would print (peft_model.py). */
import type { Outlined } from './inspectedSite.ts';

/**
 * "all" are the numbers of the base, those that train beside them, and one at each site in the form of a singular value
 * decomposition, where PEFT keeps the initial rank as a parameter that does not train.
 */
export function peftLine(base: number, trainable: number, added: number, places: readonly Outlined[]): string {
  const ranks = places.filter(({ outlines: [update] }) => 'singular' in update.trained).length;
  const all = base + added + ranks;
  const count = (n: number): string => n.toLocaleString('en-US');
  const percent = ((100 * trainable) / all).toFixed(4);
  return `trainable params: ${count(trainable)} || all params: ${count(all)} || trainable%: ${percent}`;
}
