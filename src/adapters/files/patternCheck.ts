/** Whether the patterns of a configuration are of this adapter: PEFT passes over keys that say nothing of any site. */
import { closestNames } from '../../closestNames.ts';
import { RequestError } from '../../errors.ts';
import { keyMatches } from '../pattern.ts';

/** Throws a RequestError for a key of a rank_pattern or alpha_pattern that matches none of the adapted sites. */
export function checkPattern(what: string, keys: readonly string[], sites: readonly string[], file: string): void {
  const idle = keys.find((key) => !sites.some((site) => keyMatches(key, site)));
  if (idle !== undefined) throw idleKey(what, idle, sites, file);
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
