/** A tokenizer with what it must make of texts: a folder with tokenizer.json and an expected.json that has `vocab_size` and `cases`. */
import { Unsupported } from '../errors.ts';
import type { Kind } from './kind.ts';

export const tokenizerCase: Kind = {
  kind: 'tokenizer',
  find(folder) {
    const isTokenizer = folder.holds('expected.json', 'vocab_size', 'cases');
    return (isTokenizer === 'unreadable' ? folder.has('tokenizer.json') : isTokenizer) ? [folder.path] : [];
  },
  knownTypes: [],
  types: () => [],
  check() {
    throw new Unsupported('checking tokenizers is not there yet');
  },
};
