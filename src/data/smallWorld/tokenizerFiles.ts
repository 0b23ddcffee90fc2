import { vocabulary } from './vocabulary.ts';

/** Ids 0 to 3; the words of the vocabulary follow in its order. Their names are those of Llama's tokenizer. */
export const specialTokens = { pad: '<pad>', bos: '<s>', eos: '</s>', unknown: '<unk>' } as const;

const tokens: readonly string[] = [...Object.values(specialTokens), ...vocabulary];

/** Token ids of the base: special tokens and words. */
export const vocabularySize: number = tokens.length;

/**
 * The word-level tokenizer of the small world, as the two files of a Hugging Face folder: file name -> content, to be written as
 * JSON beside the checkpoint. A text is split at white space, each word is a token, and <s> is put in front.
 */
export function tokenizerFiles(): Record<'tokenizer.json' | 'tokenizer_config.json', object> {
  const { pad, bos, eos, unknown } = specialTokens;
  return {
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: Object.values(specialTokens).map((content, id) => ({
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
      normalizer: null,
      pre_tokenizer: { type: 'WhitespaceSplit' },
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ SpecialToken: { id: bos, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
        pair: [
          { SpecialToken: { id: bos, type_id: 0 } },
          { Sequence: { id: 'A', type_id: 0 } },
          { Sequence: { id: 'B', type_id: 1 } },
        ],
        special_tokens: { [bos]: { id: bos, ids: [tokens.indexOf(bos)], tokens: [bos] } },
      },
      decoder: null,
      model: {
        type: 'WordLevel',
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        unk_token: unknown,
      },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: bos,
      eos_token: eos,
      unk_token: unknown,
      pad_token: pad,
      model_max_length: 128,
      clean_up_tokenization_spaces: false,
    },
  };
}
