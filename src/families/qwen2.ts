/** Qwen2, arXiv:2407.10671: a Llama with biases on queries, keys and values, and a window in its upper layers if it is asked for. */
import { RequestError, Unsupported } from '../errors.ts';
import type { TransformerArchitecture } from './architecture.ts';
import { configReader } from './config.ts';
import { llama, type LlamaDefaults } from './llama.ts';

const defaults: LlamaDefaults = {
  vocabulary: 151936,
  inner: 22016,
  maxLength: 32768,
  keyValueHeads: 32,
  headWidth: null,
};

export function qwen2(config: object): TransformerArchitecture {
  const a = llama(config, defaults);
  return {
    ...a,
    attention: { ...a.attention, windows: upperWindows(config, a.layers) },
    biases: { attention: true, output: false, feedForward: false },
  };
}

/** Qwen3, arXiv:2505.09388: the same without these biases, and with norms on queries and keys. */
export function qwen3(config: object): TransformerArchitecture {
  const a = llama(config, { ...defaults, headWidth: 128 });
  return {
    ...a,
    attention: { ...a.attention, windows: upperWindows(config, a.layers), queryKeyNorm: true },
    biases: { ...a.biases, feedForward: false },
  };
}

/** By layer: `layer_types` where it is there, else the layers from `max_window_layers` on. */
function upperWindows(config: object, layers: number): (number | null)[] {
  const read = configReader(config);
  const isUsed = read.boolean('use_sliding_window', false) && !read.isNull('sliding_window');
  const window = isUsed ? read.integer('sliding_window', 4096) : null;
  const first = read.number('max_window_layers', 28);
  const types = read.texts('layer_types');
  if (!types) return Array.from({ length: layers }, (_, index) => (index >= first ? window : null));
  if (types.length !== layers)
    throw new RequestError(
      `config.json: layer_types should have an entry for each of ${layers} layers, not ${types.length}`,
    );
  return types.map((type) => {
    if (type === 'full_attention') return null;
    if (type !== 'sliding_attention')
      throw new Unsupported(`config.json: layer_types may be full_attention and sliding_attention, not ${type}`);
    if (window === null)
      throw new RequestError('config.json: layer_types has sliding_attention, but there is no sliding_window in use');
    return window;
  });
}
