import type { TextTokenizer } from '../../src/data/textTokenizer.ts';

/** A tokenizer whose ids can be read in a test: code points, with bos 1 and eos 2. */
export const characters: TextTokenizer = {
  encode: (text) => Array.from(text, (character) => character.codePointAt(0)!),
  decode: (ids) => String.fromCodePoint(...ids),
  bos: 1,
  eos: 2,
};

export const codes = (text: string): number[] => characters.encode(text, { special: false });
