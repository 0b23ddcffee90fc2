/** The model families, by the model_type of their config.json. */
import { RequestError, Unsupported } from '../errors.ts';
import type { Architecture, TransformerArchitecture } from './architecture.ts';
import { bert } from './bert.ts';
import { gpt2 } from './gpt2.ts';
import { type DefaultTargets, defaultTargets } from './defaultTargets.ts';
import { gptNeoX } from './gptNeoX.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import { qwen2, qwen3 } from './qwen2.ts';
import { roberta } from './roberta.ts';
import { smallConvNet } from './smallConvNet.ts';

export const families: Readonly<Record<string, (config: object) => Architecture>> = {
  bert,
  gpt2,
  gpt_neox: gptNeoX,
  llama,
  mistral,
  qwen2,
  qwen3,
  roberta,
  'xlm-roberta': roberta,
};

/** Networks without a model_type, by the class that config.json names. */
const classes: typeof families = { SmallConvNet: smallConvNet };

/** The architecture that a config.json describes. An unknown family is Unsupported, none at all a RequestError; both say which are known. */
export function architectureOf(config: object): Architecture {
  const type = modelType(config);
  const { architectures } = config as { architectures?: unknown };
  const [name] = Array.isArray(architectures) ? (architectures as unknown[]) : [];
  const family = type === null ? typeof name === 'string' && entry(classes, name) : entry(families, type);
  if (family) return family(config);
  const Refusal = type === null ? RequestError : Unsupported;
  throw new Refusal(
    `config.json: unknown model_type ${JSON.stringify(type)}; known are ${Object.keys(families).join(', ')}`,
  );
}

const entry = <T>(table: Readonly<Record<string, T>>, name: string): T | null =>
  Object.hasOwn(table, name) ? table[name]! : null;

/** The architecture of a network that reads text. A RequestError where it reads something else. */
export function textArchitecture(architecture: Architecture): TransformerArchitecture {
  if (architecture.type === 'transformer') return architecture;
  throw new RequestError('this network reads images, and has neither tokens nor positions');
}

/** The architecture of a network that goes on with a text. A RequestError where it does something else. */
export function languageModel(architecture: Architecture): TransformerArchitecture {
  const text = textArchitecture(architecture);
  if (text.head.task === 'causal-lm') return text;
  throw new RequestError(`this network is made for ${text.head.task}: it does not go on with a text`);
}

/** The model_type of a config.json; none where it names a known class of network instead. A RequestError where it says neither. */
export function modelTypes(config: object): string[] {
  const type = modelType(config);
  if (type === null) architectureOf(config);
  return type === null ? [] : [type];
}

/** The model_type of a config.json, or null. */
export function modelType(config: object): string | null {
  const { model_type: type } = config as { model_type?: unknown };
  return typeof type === 'string' ? type : null;
}

/** Where PEFT puts a method on a network of this config.json when it is given no targets. */
export const defaultTargetsOf = (config: object): DefaultTargets => defaultTargets(modelType(config) ?? '');
