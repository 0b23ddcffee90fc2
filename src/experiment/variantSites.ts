/** Which sites of a base a variant's method is put on. */
import { targetSites } from '../adapters/targets.ts';
import { RequestError } from '../errors.ts';
import type { SiteInfo } from '../families/sites.ts';
import type { ModelOptions } from '../train/model.ts';
import type { Variant } from './define.ts';

/** For createModel. A RequestError where nothing matches, or where the method cannot change what does. */
export function methodFor({ name, method, targets }: Variant, sites: readonly SiteInfo[]): ModelOptions['methodFor'] {
  // A part of a fused projection is a site of its own, unless all of the projection is asked for.
  const parts = sites.flatMap((site) =>
    Object.keys(site.parts ?? {}).map((part) => ({ ...site, name: `${site.name}:${part}` })),
  );
  const asked = within(name, () => targetSites([...sites, ...parts], targets));
  const chosen = new Set(asked.filter((site) => !asked.includes(site.split(':')[0]!) || !site.includes(':')));
  const odd = sites.find((site) => chosen.has(site.name) && !method.update.sites.includes(site.kind));
  if (odd)
    throw new RequestError(
      `${name}: its update (${method.update.spec.type}) changes ${method.update.sites.join(' and ')} sites, but the targets hold ` +
        `${odd.name}, ${odd.kind === 'embedding' ? 'an' : 'a'} ${odd.kind}; leave it out`,
    );
  return (site) => (chosen.has(site) ? method : null);
}

function within<T>(name: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (error instanceof RequestError) throw new RequestError(`${name}: ${error.message}`);
    throw error;
  }
}
