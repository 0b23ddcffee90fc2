/** Mistral, arXiv:2310.06825: a Llama whose queries see a window of keys. */
import type { TransformerArchitecture } from './architecture.ts';
import { configReader } from './config.ts';
import { llama } from './llama.ts';

export function mistral(config: object): TransformerArchitecture {
  const read = configReader(config);
  const a = llama(config, { vocabulary: 32000, inner: 14336, maxLength: 131072, keyValueHeads: 8, headWidth: null });
  const window = read.isNull('sliding_window') ? null : read.integer('sliding_window', 4096);
  return {
    ...a,
    attention: { ...a.attention, windows: a.attention.windows.map(() => window) },
    biases: { attention: false, output: false, feedForward: false },
  };
}
