import { type MethodFor, onTargets } from '../adapters/placement.ts';
import { inContext } from '../errors.ts';
import type { SiteInfo } from '../families/sites.ts';
import type { Variant } from './variant.ts';

/** A variant's method on its targets. A RequestError where nothing matches, or where the method cannot change what does. */
export const methodFor = ({ name, method, targets }: Variant, sites: readonly SiteInfo[]): MethodFor =>
  inContext(`${name}: `, () => onTargets(method, sites, targets));
