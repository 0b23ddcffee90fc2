/**
 * A tokenizer from `tokenizer.json` (and `tokenizer_config.json`) of a Hugging Face folder, through @huggingface/tokenizers. What is ours
 * is where that library differs from the reference implementation (the Rust library of the same name): ids outside the vocabulary,
 * characters without a token, an empty list, pairs (pairEncoding.ts), and parts of its own (tokenizerMends.ts).
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { inContext, RequestError } from '../errors.ts';
import { configToken } from './configToken.ts';
import { readJsonObject } from './jsonObject.ts';
import { type EncodedPair, pairJoiner } from './pairEncoding.ts';
import { mend } from './tokenizerMends.ts';

/** Text to token ids and back. */
export interface Tokenizer {
  /** Ids of `text`; `special` (default true) adds what the tokenizer puts around a text, such as a first `<s>`. */
  encode(text: string, options?: { special?: boolean }): number[];
  /** The tokens of `text` as strings, one for each id that `encode` gives. */
  tokens(text: string, options?: { special?: boolean }): string[];
  /** Two texts as one input, with what the tokenizer puts around them. */
  encodePair(first: string, second: string): EncodedPair;
  /** Text of `ids`. Special tokens are left out unless `special` is true, ids outside the vocabulary always (as in the reference). */
  decode(ids: ArrayLike<number>, options?: { special?: boolean }): string;
  /** The largest id + 1, added tokens included. A model's embedding has at least that many rows. */
  readonly size: number;
  /** Id of the token that begins a text, as the configuration names it; null if it names none. */
  readonly bos: number | null;
  /** Id of the token that ends a text; null if the configuration names none. */
  readonly eos: number | null;
  /** sha256 (hexadecimal) of the files. */
  readonly hash: string;
}

/**
 * Loads the tokenizer of a folder. tokenizer_config.json and special_tokens_map.json may be missing.
 * Throws RequestError if tokenizer.json is missing, broken or of a kind that the library does not know.
 */
export function loadTokenizer(folder: string): Tokenizer {
  const file = path.join(folder, 'tokenizer.json');
  if (!existsSync(file)) {
    throw new RequestError(
      `${folder}: no tokenizer.json. If there is another form (tokenizer.model, vocab.json), convert it in Python: ` +
        'AutoTokenizer.from_pretrained(folder).save_pretrained(folder)',
    );
  }
  const definition = readJsonObject(file);
  const [config, map] = ['tokenizer_config.json', 'special_tokens_map.json'].map((name) => {
    const optional = path.join(folder, name);
    return existsSync(optional) ? readJsonObject(optional) : { text: '', value: {} };
  });
  const library = open(file, definition.value, config.value);
  const vocabulary = library.get_vocab();
  vocabulary.delete(undefined as unknown); // what the library calls ids that no token has
  const idOf = (key: 'bos_token' | 'eos_token'): number | null => {
    const token = configToken(config.value[key] ?? map.value[key]);
    if (token === null) return null;
    const id = vocabulary.get(token);
    if (id === undefined)
      throw new RequestError(
        `${folder}: the configuration names ${key} ${JSON.stringify(token)}, which is not in ${file}`,
      );
    return id;
  };
  const sha256 = createHash('sha256');
  for (const { text } of [definition, config, map]) sha256.update(JSON.stringify(text));
  /** Without characters that have no token: the library calls their id undefined. */
  const encoded = (text: string, special: boolean): { id: number; token: string }[] => {
    const { ids, tokens } = library.encode(text, { add_special_tokens: special }) as {
      ids: number[];
      tokens: string[];
    };
    return ids.flatMap((id: number | undefined, i) => (id === undefined ? [] : [{ id, token: tokens[i] }]));
  };
  const encode: Tokenizer['encode'] = (text, { special = true } = {}) => encoded(text, special).map(({ id }) => id);
  return {
    encode,
    tokens: (text, { special = true } = {}) => encoded(text, special).map(({ token }) => token),
    encodePair(first, second) {
      const join = inContext(`${file}: `, () => pairJoiner(definition.value.post_processor));
      return join(encode(first, { special: false }), encode(second, { special: false }));
    },
    decode(ids, { special = false } = {}) {
      const known = Array.from(ids).filter((id) => library.id_to_token(id) !== undefined);
      if (known.length === 0) return '';
      return library.decode(known, {
        skip_special_tokens: !special,
        clean_up_tokenization_spaces: config.value.clean_up_tokenization_spaces === true,
      });
    },
    size: [...vocabulary.values()].reduce((size, id) => Math.max(size, id + 1), 0),
    bos: idOf('bos_token'),
    eos: idOf('eos_token'),
    hash: sha256.digest('hex'),
  };
}

/**
 * The library would take any other kind for a list of words, and a WordLevel's unknown word from the configuration instead of the model.
 */
const MODELS = ['BPE', 'WordPiece', 'Unigram', 'WordLevel'];

const isId = (id: unknown): boolean => Number.isSafeInteger(id) && (id as number) >= 0;

function open(file: string, definition: Record<string, unknown>, config: object): Library {
  const unusable = (why: string): RequestError => new RequestError(`${file}: not a tokenizer that can be used: ${why}`);
  const { type, unk_token, vocab } = (definition.model ?? {}) as {
    type?: string;
    unk_token?: string | null;
    vocab?: unknown;
  };
  if (type !== undefined && !MODELS.includes(type))
    throw unusable(`its model is a ${type}, known are ${MODELS.join(', ')}`);
  const strange = Object.entries(Array.isArray(vocab) ? {} : (vocab ?? {})).find(([, id]) => !isId(id));
  if (strange)
    throw unusable(
      `its vocabulary gives ${JSON.stringify(strange[0])} the id ${JSON.stringify(strange[1])}, expected a whole number of at least 0`,
    );
  try {
    const library = new Library(definition, type === 'WordLevel' ? { ...config, unk_token } : config);
    mend(library);
    return library;
  } catch (error) {
    throw unusable((error as Error).message);
  }
}
