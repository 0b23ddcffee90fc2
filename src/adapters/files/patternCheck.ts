/** Whether the patterns of a configuration are of this adapter: PEFT passes over keys that say nothing of any site. */
import { closestNames } from '../../closestNames.ts';
import { RequestError } from '../../errors.ts';
import { keyMatches } from '../pattern.ts';

/** Throws a RequestError for a rank_pattern or alpha_pattern of which no key matches an adapted site. One that matches nothing is idle. */
export function checkPattern(what: string, keys: readonly string[], sites: readonly string[], file: string): void {
  const matches = (key: string): boolean => sites.some((site) => keyMatches(key, site));
  if (keys.length > 0 && !keys.some(matches)) throw idleKey(what, keys[0]!, sites, file);
}

/** AdaLoRA's: `<module>.lora_E` -> for each triplet of the initial rank, whether it was kept. */
export function checkKept(
  kept: { readonly [key: string]: readonly boolean[] },
  initial: number,
  sites: readonly string[],
  file: string,
): void {
  for (const [key, of] of Object.entries(kept)) {
    if (!sites.includes(key.replace(/\.lora_E$/, ''))) throw idleKey('rank_pattern', key, sites, file);
    if (of.length !== initial)
      throw new RequestError(
        `${file}: rank_pattern has ${of.length} entries for ${key}, expected one for each of init_r = ${initial}`,
      );
  }
}

function idleKey(what: string, key: string, sites: readonly string[], file: string): RequestError {
  const [nearest] = closestNames(key, sites, 1);
  return new RequestError(
    `${file}: ${what} has the key ${key}, which matches none of the adapted sites (nearest: ${nearest}); is it of another model?`,
  );
}
