/**
 * Decoding: the next token, greedily the likeliest or drawn (sampling.ts), again and again. The prompt goes through the network as a
 * whole, then each token alone, which sees those before it by the keys and values that a cache kept of them.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { type KeyValueCache, keyValueCache } from '../blocks/keyValueCache.ts';
import { turnsAlike } from '../blocks/rotaryFrequencies.ts';
import { RequestError } from '../errors.ts';
import type { TransformerArchitecture } from '../families/architecture.ts';
import { languageModel } from '../families/index.ts';
import { release } from '../tensor/engine.ts';
import { readOnce } from '../tensor/readOnce.ts';
import type { Model } from './model.ts';
import { sampler, type SamplingOptions } from './sampling.ts';

export interface GenerateOptions {
  /** Tokens to write at most. */
  readonly maxTokens: number;
  /** One token, or any of several, that ends the text; it is not part of the result. */
  readonly stop?: number | readonly number[] | null;
  /** Greedy unless given. */
  readonly sampling?: SamplingOptions | null;
}

/** The tokens that follow the prompt. The model has one lane. Throws a RequestError for an empty or too long prompt. */
export const generate = (model: Model, prompt: readonly number[], options: GenerateOptions): number[] => [
  ...generateTokens(model, prompt, options),
];

/**
 * The same one by one, each as soon as it is known. Ends at the model's last position at the latest. What it holds on the engine is
 * freed at its end, and where it is left before (`return`, as a loop's `break` does).
 */
export function* generateTokens(
  model: Model,
  prompt: readonly number[],
  { maxTokens, stop = null, sampling = null }: GenerateOptions,
): Generator<number> {
  const architecture = languageModel(model.base.architecture);
  const { maxLength } = architecture;
  if (prompt.length === 0) throw new RequestError('there is nothing to go on from: the prompt has no tokens');
  if (prompt.length >= maxLength)
    throw new RequestError(
      `the prompt has ${prompt.length} tokens, the model takes at most ${maxLength} with the answer`,
    );
  const stops = [stop ?? []].flat();
  const choose = sampling ? drawn(sampling) : likeliest;
  const text = [...prompt];
  const cache = keyValueCache();
  try {
    while (text.length - prompt.length < maxTokens && text.length < maxLength) {
      if (!goesOn(architecture, cache, text.length)) cache.clear();
      const logits = model.next(text.slice(cache.length), cache);
      const next = choose(logits);
      release(logits);
      if (stops.includes(next)) return;
      text.push(next);
      yield next;
    }
  } finally {
    cache.clear();
  }
}

/** Whether the keys of a shorter text are those of this one: not where positions turn otherwise in long texts (longrope). */
export const goesOn = ({ positions }: TransformerArchitecture, cache: KeyValueCache, length: number): boolean =>
  positions.type !== 'rotary' || turnsAlike(positions.rope, cache.length, length);

const likeliest = (logits: Tensor2D): number => readOnce(() => tf.argMax(logits, 1))[0]!;

function drawn(sampling: SamplingOptions): (logits: Tensor2D) => number {
  const draw = sampler(sampling);
  return (logits) => draw(logits.dataSync<'float32'>());
}
