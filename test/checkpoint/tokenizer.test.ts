import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../src/checkpoint/tokenizer.ts';
import { RequestError } from '../../src/errors.ts';
import { describeWithShared, shared } from '../shared.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'tokenizer-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, value: unknown): void => writeFileSync(path.join(folder, name), JSON.stringify(value));
const special = (id: number, content: string): object => ({
  id,
  content,
  special: true,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
});

/** Pairs of letters; bytes for the byte order mark and one byte more; `<s>` in front; no token at id 8; nothing for unknown letters. */
const definition = {
  version: '1.0',
  added_tokens: [special(9, '<s>')],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { '<s>': { id: '<s>', ids: [9], tokens: ['<s>'] } },
  },
  decoder: { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, { type: 'Fuse' }] },
  model: {
    type: 'BPE',
    vocab: { a: 0, b: 1, ab: 2, ' .': 3, '<0xEF>': 4, '<0xBB>': 5, '<0xBF>': 6, '.': 7 },
    merges: ['a b'],
    unk_token: null,
    byte_fallback: false,
  },
};

describe('a tokenizer', () => {
  it('turns text into ids and back', () => {
    write('tokenizer.json', definition);
    write('tokenizer_config.json', { bos_token: '<s>' });
    const tokenizer = loadTokenizer(folder);
    expect(tokenizer.encode('abba')).toEqual([9, 2, 1, 0]);
    expect(tokenizer.encode('abba', { special: false })).toEqual([2, 1, 0]);
    expect(tokenizer.encode('')).toEqual([9]);
    expect(tokenizer.encode('', { special: false })).toEqual([]);
    expect(tokenizer.decode([9, 2, 1, 0])).toBe('abba');
    expect(tokenizer.decode([9, 2, 1, 0], { special: true })).toBe('<s>abba');
    expect(tokenizer.decode(Int32Array.of(2, 1))).toBe('abb');
    expect(tokenizer).toMatchObject({ size: 10, bos: 9, eos: null });
  });

  it('decodes nothing, and only special tokens, to nothing', () => {
    write('tokenizer.json', definition);
    expect(loadTokenizer(folder).decode([])).toBe('');
    expect(loadTokenizer(folder).decode([9])).toBe('');
  });

  it('leaves out letters without a token and ids without a text', () => {
    write('tokenizer.json', definition);
    const tokenizer = loadTokenizer(folder);
    expect(tokenizer.encode('azb', { special: false })).toEqual([0, 1]);
    expect(tokenizer.tokens('azb')).toEqual(['<s>', 'a', 'b']);
    expect(tokenizer.tokens('azb', { special: false })).toEqual(['a', 'b']);
    expect(tokenizer.decode([0, 8, 10, 1000, -1, 1])).toBe('ab');
    expect(tokenizer.decode([1000])).toBe('');
    const model = { type: 'WordPiece', vocab: { a: 0 }, unk_token: '[UNK]', continuing_subword_prefix: '##' };
    const pre_tokenizer = { type: 'BertPreTokenizer' };
    write('tokenizer.json', { ...definition, added_tokens: [], pre_tokenizer, post_processor: null, model });
    expect(loadTokenizer(folder).encode('a z a')).toEqual([0, 0]);
    expect(loadTokenizer(folder).tokens('a z a')).toEqual(['a', 'a']);
  });

  it('takes every ideograph for a word where BERT does, also those beyond 16 bits', () => {
    const vocab = { '[UNK]': 0, a: 1, b: 2, '##b': 3, 你: 4, '𠀀': 5 };
    for (const normalizer of ['BertNormalizer', 'Sequence']) {
      const bert = { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true };
      write('tokenizer.json', {
        ...definition,
        added_tokens: [],
        normalizer: normalizer === 'Sequence' ? { type: normalizer, normalizers: [bert] } : bert,
        pre_tokenizer: { type: 'BertPreTokenizer' },
        post_processor: null,
        model: { type: 'WordPiece', vocab, unk_token: '[UNK]', continuing_subword_prefix: '##' },
      });
      expect(loadTokenizer(folder).tokens('Ab𠀀b你a𠀀')).toEqual(['a', '##b', '𠀀', 'b', '你', 'a', '𠀀']);
    }
  });

  it('knows all ideographs of BERT, from the first to the last of each of their blocks', () => {
    const model = { type: 'WordPiece', vocab: { '[UNK]': 0, a: 1, b: 2 }, unk_token: '[UNK]' };
    write('tokenizer.json', {
      ...definition,
      added_tokens: [],
      normalizer: { type: 'BertNormalizer', clean_text: false, handle_chinese_chars: true, lowercase: false },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: null,
      model: { ...model, continuing_subword_prefix: '##' },
    });
    const tokenizer = loadTokenizer(folder);
    // tokenizers, normalizers/bert.rs, is_chinese_char
    const blocks = [
      [0x4e00, 0x9fff],
      [0x3400, 0x4dbf],
      [0x20000, 0x2a6df],
      [0x2a700, 0x2b73f],
      [0x2b740, 0x2b81f],
      [0x2b920, 0x2ceaf],
      [0xf900, 0xfaff],
      [0x2f800, 0x2fa1f],
    ];
    for (const code of blocks.flat())
      expect(tokenizer.encode(`a${String.fromCodePoint(code)}b`), code.toString(16)).toEqual([1, 0, 2]);
    for (const code of [0x33ff, 0x4dc0, 0xa000, 0xf8ff, 0x2ceb0, 0x2f7ff, 0x2fa20])
      expect(tokenizer.encode(`a${String.fromCodePoint(code)}b`), code.toString(16)).toEqual([0]);
  });

  it('joins two texts', () => {
    const pair = [
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '<s>', type_id: 1 } },
      { Sequence: { id: 'B', type_id: 1 } },
    ];
    write('tokenizer.json', { ...definition, post_processor: { ...definition.post_processor, pair } });
    expect(loadTokenizer(folder).encodePair('ab', 'b')).toEqual({ ids: [2, 9, 1], typeIds: [0, 1, 1] });
    write('tokenizer.json', { ...definition, post_processor: { ...definition.post_processor, pair: 3 } });
    expect(() => loadTokenizer(folder).encodePair('ab', 'b')).toThrow(
      /tokenizer\.json: its post_processor cannot join/,
    );
  });

  it('decodes bytes as the reference does: broken runs byte by byte, a byte order mark whole', () => {
    write('tokenizer.json', definition);
    const tokenizer = loadTokenizer(folder);
    expect(tokenizer.decode([4, 5, 6, 0])).toBe('\ufeffa');
    expect(tokenizer.decode([4, 5, 0])).toBe('\ufffd\ufffda');
  });

  it('cleans up spaces only where the configuration says so', () => {
    write('tokenizer.json', definition);
    expect(loadTokenizer(folder).decode([0, 3])).toBe('a .');
    write('tokenizer_config.json', { clean_up_tokenization_spaces: true });
    expect(loadTokenizer(folder).decode([0, 3])).toBe('a.');
  });

  it('finds special tokens in all their forms', () => {
    write('tokenizer.json', definition);
    write('tokenizer_config.json', { bos_token: { content: '<s>', lstrip: false }, eos_token: null });
    write('special_tokens_map.json', { eos_token: '<s>' });
    expect(loadTokenizer(folder)).toMatchObject({ bos: 9, eos: 9 });
  });

  it('takes whole words, and the unknown word of the model', () => {
    const model = { type: 'WordLevel', vocab: { the: 0, cat: 1, '?': 2 }, unk_token: '?' };
    write('tokenizer.json', {
      ...definition,
      added_tokens: [],
      model,
      pre_tokenizer: { type: 'WhitespaceSplit' },
      post_processor: null,
      decoder: null,
    });
    const tokenizer = loadTokenizer(folder);
    expect(tokenizer.encode('the  dog the cat')).toEqual([0, 2, 0, 1]);
    expect(tokenizer.decode([0, 2, 1])).toBe('the ? cat');
  });

  it('has a hash of its files', () => {
    write('tokenizer.json', definition);
    const first = loadTokenizer(folder).hash;
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(loadTokenizer(folder).hash).toBe(first);
    write('tokenizer_config.json', { bos_token: '<s>' });
    expect(loadTokenizer(folder).hash).not.toBe(first);
  });
});

describe('refuses', () => {
  const refused = (message: RegExp): void => {
    expect(() => loadTokenizer(folder)).toThrow(RequestError);
    expect(() => loadTokenizer(folder)).toThrow(message);
  };

  it('a folder without tokenizer.json', () =>
    refused(/no tokenizer\.json\. If there is another form \(tokenizer\.model/));

  it('files that are broken or unknown', () => {
    writeFileSync(path.join(folder, 'tokenizer.json'), '{');
    refused(/tokenizer\.json: not JSON/);
    write('tokenizer.json', {});
    refused(/tokenizer\.json: not a tokenizer that can be used: /);
    write('tokenizer.json', { ...definition, added_tokens: undefined });
    refused(/tokenizer\.json: not a tokenizer that can be used: /);
    write('tokenizer.json', { ...definition, model: { type: 'None', vocab: {} } });
    refused(/tokenizer\.json: not a tokenizer that can be used: /);
    refused(/its model is a None, known are BPE, /);
    for (const id of [[], '7', -1, 2.5]) {
      write('tokenizer.json', { ...definition, model: { ...definition.model, vocab: { a: id } } });
      refused(/tokenizer\.json: .* its vocabulary gives "a" the id .*, expected a whole number of at least 0/);
    }
    write('tokenizer.json', definition);
    write('tokenizer_config.json', []);
    refused(/tokenizer_config\.json: expected a JSON object/);
  });

  it('a special token that no id has', () => {
    write('tokenizer.json', definition);
    write('tokenizer_config.json', { eos_token: '</s>' });
    refused(/names eos_token "<\/s>", which is not in .*tokenizer\.json/);
  });
});

interface Expected {
  vocab_size: number;
  cases: { text: string; ids: number[]; ids_no_special: number[]; decoded: string; decoded_skip_special: string }[];
}

describeWithShared('shared tokenizers', () => {
  const names = ['bert-wordpiece', 'chatml-bytelevel', 'gpt2-bytelevel', 'llama-bpe', 't5-unigram'];
  it.each(names)('%s gives the ids and texts of the reference', (name) => {
    const tokenizer = loadTokenizer(shared(`fixtures/tokenizers/${name}`));
    const expected = JSON.parse(readFileSync(shared(`fixtures/tokenizers/${name}/expected.json`), 'utf8')) as Expected;
    expect(tokenizer.size).toBe(expected.vocab_size);
    expect(expected.cases.length).toBeGreaterThan(50);
    const found = expected.cases.map(({ text, ids }) => ({
      text,
      ids: tokenizer.encode(text),
      ids_no_special: tokenizer.encode(text, { special: false }),
      decoded: tokenizer.decode(ids, { special: true }),
      decoded_skip_special: tokenizer.decode(ids),
    }));
    expect(found).toEqual(
      expected.cases.map(({ text, ids, ids_no_special, decoded, decoded_skip_special }) => ({
        text,
        ids,
        ids_no_special,
        decoded,
        decoded_skip_special,
      })),
    );
  });

  it('stories260K gives the ids of llama2.c', () => {
    const tokenizer = loadTokenizer(shared('models/stories260K-hf'));
    const reference = JSON.parse(readFileSync(shared('models/reference-vectors/llama2c-reference.json'), 'utf8')) as {
      stories260K: { tokenize: Record<string, number[]> };
    };
    const texts = Object.entries(reference.stories260K.tokenize);
    expect(texts.map(([text]) => [text, tokenizer.encode(text)])).toEqual(texts);
    expect(texts.map(([text, ids]) => [text, tokenizer.decode(ids)])).toEqual(texts.map(([text]) => [text, text]));
    expect(tokenizer).toMatchObject({ size: 512, bos: 1, eos: 1 });
  });
});
