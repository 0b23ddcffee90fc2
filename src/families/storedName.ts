/**
 * What a checkpoint calls a tensor. One that was saved from the network without its head (AutoModel, GPT-2's original files) leaves
 * out the prefix of the body: h.0.attn.c_attn.weight for transformer.h.0.attn.c_attn.weight; the bare encoder of a checkpoint that has
 * heads has it where the network has not. Older checkpoints of BERT call gains and biases gamma and beta.
 */
import type { StoredNames } from './architecture.ts';

export function storedName(
  tensor: string,
  { bodyPrefix, olderEnds }: StoredNames,
  checkpoint: { has(tensor: string): boolean },
): string {
  const other = tensor.startsWith(bodyPrefix) ? tensor.slice(bodyPrefix.length) : `${bodyPrefix}${tensor}`;
  const older = (name: string): string[] =>
    olderEnds.filter(([ours]) => name.endsWith(ours)).map(([ours, theirs]) => name.slice(0, -ours.length) + theirs);
  const candidates = [tensor, other].flatMap((name) => [name, ...older(name)]);
  return candidates.find((name) => checkpoint.has(name)) ?? tensor;
}
