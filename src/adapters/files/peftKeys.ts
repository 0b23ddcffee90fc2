/**
 * The names and forms under which PEFT stores trained tensors. Ours are [in, out] with an embedding's [vocabulary, width]; on disk
 * everything is in torch's orientation, GPT-2's Conv1D included.
 */
import type { Parameter } from '../../tensor/arena.ts';
import { transposed } from '../../tensor/transposed.ts';
import type { SiteKind } from '../types.ts';

export interface StoredTensor {
  readonly key: string;
  readonly shape: readonly number[];
  /** From our row-major numbers to the file's, and back. */
  toFile(values: Float32Array): Float32Array;
  fromFile(values: Float32Array): Float32Array;
}

/** `isSvd`: PEFT keeps AdaLoRA's factors as bare parameters, without `.weight`. */
export function peftTensor(
  parameter: Pick<Parameter, 'site' | 'role' | 'shape'>,
  kind: SiteKind,
  isSvd: boolean,
): StoredTensor {
  const { site, role, shape } = parameter;
  const prefix = `base_model.model.${site}`;
  if (role === 'magnitude') return asIs(`${prefix}.lora_magnitude_vector`, shape);
  if (role === 'singular') return asIs(`${prefix}.lora_E`, [shape[0], 1]);
  if (role === 'dense') return asIs(site, shape);
  if (role === 'downScale') return asIs(`${prefix}.vera_lambda_d`, shape);
  if (role === 'upScale') return asIs(`${prefix}.vera_lambda_b`, shape);
  if (role === 'inputScale') return asIs(`${prefix}.ia3_l`, [1, shape[0]]);
  if (role === 'outputScale') return asIs(`${prefix}.ia3_l`, [shape[0], 1]);
  const letter = role === 'down' ? 'A' : role === 'up' ? 'B' : null;
  if (!letter) throw new Error(`PEFT has no name for the role '${role}' of ${site}`);
  const suffix = kind === 'embedding' ? `lora_embedding_${letter}` : `lora_${letter}${isSvd ? '' : '.weight'}`;
  return turned(`${prefix}.${suffix}`, shape);
}

/** A tensor of the checkpoint itself, as full fine-tuning trains it. `stored` [out, in] is turned, anything else is as it is. */
export function checkpointTensor(tensor: string, { shape }: Parameter, isTurned: boolean): StoredTensor {
  return isTurned ? turned(tensor, shape) : asIs(tensor, shape);
}

const asIs = (key: string, shape: readonly number[]): StoredTensor => ({
  key,
  shape,
  toFile: (values) => values,
  fromFile: (values) => values,
});

function turned(key: string, [rows, columns]: readonly number[]): StoredTensor {
  return {
    key,
    shape: [columns, rows],
    toFile: (values) => transposed(values, rows, columns),
    fromFile: (values) => transposed(values, columns, rows),
  };
}
