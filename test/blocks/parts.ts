/** Frozen kernels, tables and vectors for a block under test, freed together with its arena. */
import { frozenVector, trainedVector, type Vector } from '../../src/blocks/vector.ts';
import { type Frozen, float32Kernel, float32Table, type FrozenTable } from '../../src/tensor/frozen.ts';
import type { Arena } from '../../src/tensor/arena.ts';
import type { Parts } from './blockContract.ts';

/** A frozen kernel [in, out] of the case's numbers of that name. */
export function kernelOf({ arena, frozen }: Parts, name: string, shape: readonly [number, number]): Frozen {
  return freedWith(arena, float32Kernel(frozen(name, shape[0] * shape[1]), shape));
}

/** A frozen table [rows, width]. */
export function tableOf({ arena, frozen }: Parts, name: string, shape: readonly [number, number]): FrozenTable {
  return freedWith(arena, float32Table(frozen(name, shape[0] * shape[1]), shape));
}

/** A frozen vector, or the case's trained parameter of that role. */
export function vectorOf({ arena, frozen, trained }: Parts, role: string, size: number, trains: boolean): Vector {
  return trains ? trainedVector(trained(role)) : freedWith(arena, frozenVector(frozen(role, size)));
}

/** Frees a part when the arena is freed. */
export function freedWith<T extends { dispose(): void }>(arena: Arena, part: T): T {
  const dispose = arena.dispose.bind(arena);
  arena.dispose = () => {
    dispose();
    part.dispose();
  };
  return part;
}
