/** What can be done but is worth a second look. */
import type { TransformerArchitecture } from '../families/architecture.ts';
import type { Outlined } from './inspectedSite.ts';
import type { Training } from './memory.ts';

export function warningsOf(
  architecture: TransformerArchitecture,
  places: readonly Outlined[],
  { sequence }: Pick<Training, 'sequence'>,
): string[] {
  return [
    ...rankWarnings(places),
    ...places.flatMap((place) => tiedWarning(architecture, place)),
    ...(sequence > architecture.maxLength
      ? [`a sequence of ${sequence} tokens is longer than the ${architecture.maxLength} that the model was made for`]
      : []),
  ];
}

/** One for each rank and bound, whatever the number of sites. */
function rankWarnings(places: readonly Outlined[]): string[] {
  const sites = new Map<string, string[]>();
  for (const { place, outlines } of places) {
    const { rank } = { ...outlines[0].derived, ...outlines[1].derived };
    const most = Math.min(...place.shape);
    if (place.kind === 'vector' || rank === undefined || rank <= most) continue;
    const what = `the rank ${rank} is above ${most}, the most that a matrix of its shape can have`;
    sites.set(what, [...(sites.get(what) ?? []), place.name]);
  }
  return [...sites].map(([what, names]) => {
    const more = names.length - 1;
    return `${names[0]!}${more === 0 ? '' : ` and ${more} more ${more === 1 ? 'site' : 'sites'}`}: ${what}`;
  });
}

function tiedWarning({ tied, names }: TransformerArchitecture, { place, outlines: [update] }: Outlined): string[] {
  if (!tied || place.name !== names.embedding || update.replaces) return [];
  return [`${place.name}: the head shares its table, and keeps the numbers of the base; merging unties the two`];
}
