/** A network with its weights: each place is looked up in a base and made a block, frozen or adapted. */
import type { SiteFitter } from '../blocks/fit.ts';
import type { LinearMap } from '../blocks/linearMap.ts';
import type { Vector } from '../blocks/vector.ts';
import type { Frozen, FrozenTable } from '../tensor/frozen.ts';
import type { Places } from './places.ts';

/** The frozen numbers by the names of their sites. */
export interface Weights {
  kernel(name: string): Frozen;
  table(name: string): FrozenTable;
  vector(name: string): Float32Array;
  has(name: string): boolean;
}

export function weightedPlaces(weights: Weights, fit: SiteFitter): Places {
  const vector = (tensor: string): Vector => fit.vector(tensor, weights.vector(tensor));
  const map = (place: Parameters<SiteFitter['linear']>[0], hasBias: boolean): LinearMap => {
    const bias = hasBias ? vector(`${place.name}.bias`) : null;
    return fit.linear(place, weights.kernel(place.name), bias);
  };
  return {
    vector,
    table: (name) => fit.table(name, weights.table(name)),
    linear: (name, _shape, { bias, parts, byHead, isHead = false }) =>
      map({ name, kind: 'linear', isHead, ...(parts && { parts }), ...(byHead && { byHead }) }, bias),
    conv2d: (name) => map({ name, kind: 'conv2d', isHead: false }, true),
    head: (name, _shape, { tiedTo, bias }) =>
      fit.head(
        { name, tiedTo },
        weights.kernel(name),
        weights.table(tiedTo ?? name),
        bias === null ? null : vector(bias),
      ),
  };
}
