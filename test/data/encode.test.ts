import { describe, expect, it } from 'vitest';
import { encode, encodeAll } from '../../src/data/encode.ts';
import type { TextTokenizer } from '../../src/data/textTokenizer.ts';
import { RequestError } from '../../src/errors.ts';
import { characters, codes } from './characters.ts';

describe('encode', () => {
  it('puts bos in front, eos behind, and the loss on completion and eos', () => {
    const { ids, labels, completionBytes, cut } = encode({ prompt: 'ab', completion: 'cé' }, characters, 10);
    expect([...ids]).toEqual([1, ...codes('ab cé'), 2]);
    expect([...labels]).toEqual([-100, -100, -100, ...codes(' cé'), 2]);
    expect(completionBytes).toBe(3);
    expect(cut).toBe(false);
  });

  it('an empty prompt is plain text: all but bos counts', () => {
    const { ids, labels } = encode({ prompt: '', completion: 'abc' }, characters, 10);
    expect([...ids]).toEqual([1, ...codes('abc'), 2]);
    expect([...labels]).toEqual([-100, ...codes('abc'), 2]);
  });

  it('without bos nothing predicts the first token, so it does not count', () => {
    const bare: TextTokenizer = { ...characters, bos: null, eos: null };
    expect([...encode({ prompt: '', completion: 'abc' }, bare, 10).labels]).toEqual([-100, ...codes('bc')]);
    expect([...encode({ prompt: 'a', completion: 'b' }, bare, 10).labels]).toEqual([-100, ...codes(' b')]);
  });

  it('a token across the border counts', () => {
    const merging: TextTokenizer = { ...characters, encode: (text) => codes(text.replace('b c', '#')) };
    const { ids, labels } = encode({ prompt: 'ab', completion: 'cd' }, merging, 10);
    expect([...ids]).toEqual([1, ...codes('a#d'), 2]);
    expect([...labels]).toEqual([-100, -100, ...codes('#d'), 2]);
  });

  it('cuts at the end, without eos, and counts the bytes that are left', () => {
    const { ids, labels, completionBytes, cut } = encode({ prompt: 'ab', completion: 'cdéfg' }, characters, 7);
    expect([...ids]).toEqual([1, ...codes('ab cdé')]);
    expect(labels).toHaveLength(7);
    expect(completionBytes).toBe(4);
    expect(cut).toBe(true);
  });

  it('refuses an example that leaves nothing to learn', () => {
    expect(() => encode({ prompt: 'abcdef', completion: 'g' }, characters, 7)).toThrow(RequestError);
    expect(() => encode({ prompt: 'abcdef', completion: 'g' }, characters, 7)).toThrow(
      'Nothing of the completion is left within 7 tokens: "abcdef" → "g" takes 7 before it and 10 in all.',
    );
    expect(() => encode({ prompt: 'ab', completion: '' }, characters, 7)).toThrow('no completion');
  });
});

describe('encodeAll', () => {
  const examples = ['ab', 'abcdef', 'abcd', 'abcdefgh'].map((completion) => ({ prompt: '', completion }));

  it('keeps the order and reports once how many were cut', () => {
    const heard: string[] = [];
    const sequences = encodeAll(examples, characters, 6, (message) => heard.push(message));
    expect(sequences.map(({ ids }) => ids.length)).toEqual([4, 6, 6, 6]);
    expect(heard).toEqual([
      '2 of 4 texts are longer than 6 tokens and were cut there; a larger length keeps them whole.',
    ]);
  });

  it('says nothing when nothing was cut', () => {
    encodeAll(examples, characters, 10, (message) => expect.unreachable(message));
  });
});
