/** The model families, by the model_type of their config.json. */
import { RequestError, Unsupported } from '../errors.ts';
import type { DecoderArchitecture } from './architecture.ts';
import { gpt2 } from './gpt2.ts';
import { type DefaultTargets, defaultTargets } from './defaultTargets.ts';
import { llama } from './llama.ts';

export const families: Readonly<Record<string, (config: object) => DecoderArchitecture>> = { gpt2, llama };

/** The architecture that a config.json describes. An unknown family is Unsupported, none at all a RequestError; both say which are known. */
export function architectureOf(config: object): DecoderArchitecture {
  const type = modelType(config);
  const family = Object.entries(families).find(([name]) => name === type)?.[1];
  if (family) return family(config);
  const Refusal = type === null ? RequestError : Unsupported;
  throw new Refusal(
    `config.json: unknown model_type ${JSON.stringify(type)}; known are ${Object.keys(families).join(', ')}`,
  );
}

/** The model_type of a config.json, or null. */
export function modelType(config: object): string | null {
  const { model_type: type } = config as { model_type?: unknown };
  return typeof type === 'string' ? type : null;
}

/** Where PEFT puts a method on a network of this config.json when it is given no targets. */
export const defaultTargetsOf = (config: object): DefaultTargets => defaultTargets(modelType(config) ?? '');
