/** What the parts of methods save for backward, by the site that they are on; a part of a fused projection counts for the whole. */
import type { Outlined } from './inspectedSite.ts';

export interface SavedAt {
  /** Numbers for each row, together. */
  numbers(...sites: readonly string[]): number;
  /** A method is on one of the sites. */
  adapts(...sites: readonly string[]): boolean;
  /** All of it trains, in place of what was there. */
  replaces(site: string): boolean;
}

export function savedAt(places: readonly Outlined[]): SavedAt {
  const numbers = new Map<string, number>();
  const whole = new Set<string>();
  for (const { place, outlines, dropout } of places) {
    const site = place.name.split(':')[0]!;
    const mask = dropout > 0 && place.kind === 'linear' ? place.shape[0] : 0;
    const saved = outlines.reduce((n, { savedPerRow }) => n + savedPerRow, mask);
    numbers.set(site, (numbers.get(site) ?? 0) + saved);
    if (outlines[0].replaces) whole.add(site);
  }
  const has = (...sites: readonly string[]): boolean => sites.some((site) => numbers.has(site));
  return {
    numbers: (...sites) => sites.reduce((n, site) => n + (numbers.get(site) ?? 0), 0),
    adapts: has,
    replaces: (site) => whole.has(site),
  };
}
