/**
 * What a checkpoint calls a tensor. One that was saved from the network without its head (AutoModel, GPT-2's original files) leaves
 * out the prefix of the body: h.0.attn.c_attn.weight for transformer.h.0.attn.c_attn.weight.
 */
import type { DecoderArchitecture } from './architecture.ts';

export function storedName(
  tensor: string,
  { names: { bodyPrefix } }: DecoderArchitecture,
  checkpoint: { has(tensor: string): boolean },
): string {
  if (checkpoint.has(tensor) || !tensor.startsWith(bodyPrefix)) return tensor;
  const short = tensor.slice(bodyPrefix.length);
  return checkpoint.has(short) ? short : tensor;
}
