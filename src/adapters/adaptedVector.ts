/** A gain or a bias that trains, in place of the frozen one it starts as. */
import type { Parameter } from '../tensor/arena.ts';
import { trainedVector, type Vector } from '../blocks/vector.ts';
import { withStrength } from './strength.ts';

export function adaptedVector(frozen: Vector, parameter: Parameter, strength: () => number): Vector {
  const trained = trainedVector(parameter);
  return {
    size: trained.size,
    trains: true,
    get value() {
      return withStrength(strength(), trained.value, () => frozen.value);
    },
    accumulateRows: trained.accumulateRows,
    dispose: () => {},
  };
}
