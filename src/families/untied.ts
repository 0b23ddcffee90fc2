/** The same network with an output layer of its own. */
import type { Architecture } from './architecture.ts';

/** Its config.json. */
export const untied = (config: object): object => ({ ...config, tie_word_embeddings: false });

/**
 * What the network that shares the table calls a tensor of the one that does not: the output's bias of a masked language model belongs
 * to the head in the one, to its last map in the other.
 */
export function sharedName(shared: Architecture, own: Architecture): (name: string) => string {
  const [from, to] = [own, shared].map(outputBias);
  return (name) => (name === from ? to! : name);
}

const outputBias = (a: Architecture): string | null =>
  a.type === 'transformer' && 'bias' in a.head ? a.head.bias : null;
