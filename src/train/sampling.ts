/**
 * The next token from its logits: drawn from softmax(logits / temperature) over the `topK` likeliest, and of these over the fewest whose
 * probabilities sum up to at least `topP` (nucleus sampling, arXiv:1904.09751), in this order as transformers has it.
 */
import { RequestError } from '../errors.ts';
import { stream } from '../tensor/random.ts';

export interface SamplingOptions {
  /** Below 1 sharper, above 1 flatter; 1 unless given. */
  readonly temperature?: number;
  /** All unless given. */
  readonly topK?: number;
  /** From above 0 to 1; 1 (all) unless given. */
  readonly topP?: number;
  /** The same seed gives the same tokens for the same logits. */
  readonly seed: number;
}

/** A drawer of tokens; each call draws the next. Throws a RequestError for options that cannot be. */
export function sampler({ temperature = 1, topK, topP = 1, seed }: SamplingOptions): (logits: Float32Array) => number {
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new RequestError(
      `the temperature must be a number above 0, not ${temperature}; for the likeliest token each time ask for greedy decoding`,
    );
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1))
    throw new RequestError(`top-k must be a whole number of at least 1, not ${topK}`);
  if (!(topP > 0 && topP <= 1)) throw new RequestError(`top-p must be above 0 and at most 1, not ${topP}`);
  const random = stream(seed, 'sampling');
  return (logits) => {
    // Ties keep the order of ids: sort is stable.
    const ids = Array.from(logits, (_, id) => id).sort((a, b) => logits[b]! - logits[a]!);
    const likeliest = logits[ids[0]!]!;
    const candidates = ids.slice(0, topK ?? ids.length);
    const weights = candidates.map((id) => Math.exp((logits[id]! - likeliest) / temperature));
    const kept = nucleus(weights, topP);
    let left = random.uniform() * kept.reduce((sum, weight) => sum + weight, 0);
    const drawn = kept.findIndex((weight) => (left -= weight) < 0);
    return candidates[drawn === -1 ? kept.length - 1 : drawn]!;
  };
}

/** The first of the weights, which fall, until they make up the share. */
function nucleus(weights: readonly number[], share: number): readonly number[] {
  if (share === 1) return weights;
  const enough = share * weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const last = weights.findIndex((weight) => (sum += weight) >= enough);
  return last === -1 ? weights : weights.slice(0, last + 1);
}
