/** The names under which PEFT stores the tensors of a site. */
import type { Parameter } from '../../tensor/arena.ts';
import type { SiteKind } from '../types.ts';
import type { StoredTensor } from './storedTensor.ts';
import { peftTypes } from './types/index.ts';

export type { StoredTensor } from './storedTensor.ts';

/** `isSvd`: AdaLoRA's factors have other names than LoRA's. Every other role belongs to one type alone. */
export function peftTensor(
  { site, role, shape }: Pick<Parameter, 'site' | 'role' | 'shape'>,
  kind: SiteKind,
  isSvd: boolean,
): StoredTensor {
  const { ADALORA: svd, LORA: lora, ...others } = peftTypes;
  const named = [...(isSvd ? [svd!] : [lora!]), ...Object.values(others)].find(({ tensors }) => role in tensors);
  if (!named) throw new Error(`PEFT has no name for the role '${role}' of ${site}`);
  return named.tensors[role]!(`base_model.model.${site}`, shape, { kind, stored: [] });
}
