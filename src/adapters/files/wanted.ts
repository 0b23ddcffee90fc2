/** The tensors that an adapter on a base must have, and a strict comparison of them with those of a file. */
import { closestNames } from '../../closestNames.ts';
import { RequestError } from '../../errors.ts';
import type { Role } from '../../tensor/arena.ts';
import { choose, type MethodFor } from '../placement.ts';
import type { FusedParts } from '../../blocks/fit.ts';
import type { Method, Place } from '../types.ts';
import type { StoredTensor } from './storedTensor.ts';
import type { TensorFile } from './stored.ts';

/** A place of a base as families list them. */
export interface BasePlace extends Place {
  readonly isHead: boolean;
  readonly parts?: FusedParts;
}

/** A place, or a part of one, with the method that it gets. */
export interface ChosenPlace extends Place {
  readonly method: Method;
}

/** A trained tensor of a place, before it has numbers. */
export interface TrainedTensor extends Pick<Place, 'kind'> {
  readonly site: string;
  readonly role: Role;
  readonly shape: readonly number[];
}

/** The places that get a method, in network order. */
export function chosenPlaces(sites: readonly BasePlace[], methodFor: MethodFor): ChosenPlace[] {
  return sites.flatMap((site): ChosenPlace[] => {
    const { name, kind, shape } = site;
    const { whole, parts } = choose(site, methodFor, site.parts);
    if (whole) return [{ name, kind, shape, method: whole }];
    return parts.map(({ name: part, range: [from, to], method }) => ({
      name: part,
      kind,
      shape: [shape[0], to - from] as const,
      method,
    }));
  });
}

export function trainedTensors(places: readonly ChosenPlace[]): TrainedTensor[] {
  return places.flatMap((place) => {
    const { update, rescale } = place.method;
    const trained = { ...update.outline(place).trained, ...rescale.outline(place).trained };
    return Object.entries(trained).map(([role, shape]) => ({ site: place.name, kind: place.kind, role, shape }));
  });
}

/** A tensor that a file should hold. */
export type WantedTensor = TrainedTensor & { readonly stored: StoredTensor };

/**
 * Throws a RequestError that names every tensor that is missing, not expected, or of another shape. `beside`: keys that may be there
 * as well.
 */
export function checkTensors(
  { file, shapes }: TensorFile,
  wanted: readonly WantedTensor[],
  beside: (key: string) => boolean = () => false,
): void {
  const keys = new Set(wanted.map(({ stored }) => stored.key));
  const unexpected = [...shapes.keys()].filter((key) => !keys.has(key) && !beside(key));
  const missing = [...keys].filter((key) => !shapes.has(key));
  const nearest = (key: string, among: readonly string[]): string => {
    const [closest] = closestNames(key, among, 1);
    return closest === undefined ? '' : ` (nearest: ${closest})`;
  };
  const faults = [
    ...listed('missing', missing, (key) => key + nearest(key, unexpected)),
    ...listed('not expected', unexpected, (key) => key + nearest(key, missing.length > 0 ? missing : [...keys])),
    ...listed(
      'of another shape',
      wanted.filter(({ stored: { key, shape } }) => shapes.has(key) && shapes.get(key)!.join() !== shape.join()),
      ({ stored: { key, shape } }) => `${key}: expected [${shape.join(', ')}], found [${shapes.get(key)!.join(', ')}]`,
    ),
  ];
  if (faults.length === 0) return;
  throw new RequestError(
    [`${file} does not fit this base with this configuration; is it an adapter of another model?`, ...faults].join(
      '\n',
    ),
  );
}

const shown = 10;

function listed<T>(what: string, found: readonly T[], line: (one: T) => string): string[] {
  if (found.length === 0) return [];
  const rest = found.length > shown ? [`  … and ${found.length - shown} more`] : [];
  return [`${what} (${found.length}):`, ...found.slice(0, shown).map((one) => `  ${line(one)}`), ...rest];
}

/** The numbers of wanted tensors by site and role, in our orientation. Throws a RequestError for one that is not finite. */
export function readTensors(source: TensorFile, wanted: readonly WantedTensor[]): Map<string, Float32Array> {
  return new Map(
    wanted.map(({ site, role, stored }) => {
      const { data } = source.read(stored.key);
      const at = data.findIndex((value) => !Number.isFinite(value));
      if (at >= 0)
        throw new RequestError(`${source.file}: ${stored.key}: number ${at} of ${data.length} is ${data[at]}`);
      return [tensorName(site, role), stored.fromFile(data)];
    }),
  );
}

export const tensorName = (site: string, role: Role): string => `${site}/${role}`;
