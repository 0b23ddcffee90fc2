import { describe, expect, it } from 'vitest';
import type { ChatTemplate } from '../../../src/checkpoint/chatTemplate.ts';
import { encodeEntries } from '../../../src/data/text/encodeEntries.ts';
import type { Sequence } from '../../../src/data/encode.ts';
import type { TextEntry } from '../../../src/data/text/textFile.ts';
import { characters, codes } from '../characters.ts';

const template: ChatTemplate = (messages, { ask = false } = {}) =>
  messages.map(({ role, content }) => `<${role}>${String(content)}/`).join('') + (ask ? '<assistant>' : '');

function encoded(entries: readonly TextEntry[], length: number): { ids: number[][]; warnings: string[] } {
  const warnings: string[] = [];
  const found = encodeEntries(entries, characters, {
    length,
    chat: template,
    warn: (message) => void warnings.push(message),
  });
  return { ids: found.flatMap(({ sequences }) => sequences.map(({ ids }) => [...ids])), warnings };
}

const pair = (prompt: string, completion: string): TextEntry => ({ type: 'completion', prompt, completion });

describe('prompt and completion', () => {
  it.each([
    ['Q:', 'A', 'Q: A'],
    ['Q:', ' A', 'Q: A'],
    ['Q: ', 'A', 'Q: A'],
    ['Q: ', ' A', 'Q:  A'],
    ['Q:', '\nA', 'Q:\nA'],
    ['Q:\n', 'A', 'Q:\nA'],
    ['Q:', '  A', 'Q:  A'],
    ['', ' A', 'A'],
  ])('%j and %j are %j', (prompt, completion, whole) => {
    expect(encoded([pair(prompt, completion)], 20).ids).toEqual([[1, ...codes(whole), 2]]);
  });

  it('are cut with a warning, or left out where nothing of the completion is left', () => {
    const { ids, warnings } = encoded([pair('ab', 'cdefgh'), pair('abcdefgh', 'x'), pair('a', 'b')], 6);
    expect(ids).toEqual([
      [1, ...codes('ab cd')],
      [1, ...codes('a b'), 2],
    ]);
    expect(warnings).toEqual([
      expect.stringMatching(/^1 of 3 texts are longer than 6 tokens and were cut there; --sequence/),
      expect.stringMatching(/^1 of 3 texts have nothing to learn within 6 tokens and were left out/),
    ]);
    expect(() => encoded([pair('abcde', 'x')], 6)).toThrow(/no text has anything to learn within 6 tokens/);
    expect(encoded([pair('abcde', 'x')], 7).ids).toEqual([[1, ...codes('abcde ')]]);
    expect(() => encoded([pair('abcdefgh', 'x')], 6)).toThrow(/no text has anything to learn within 6 tokens/);
  });

  it('belong together where the prompt is the same', () => {
    const keys = encodeEntries([pair('a', 'b'), pair('a', 'c'), pair('', 'd'), pair('', 'e')], characters, {
      length: 9,
      chat: null,
      warn: () => {},
    }).map(({ key }) => key);
    expect(keys).toEqual(['a', 'a', 'd', 'e']);
  });
});

it('plain texts are never cut, but go on in further windows', () => {
  const { ids, warnings } = encoded([{ type: 'text', text: 'abcdef' }], 4);
  expect(ids).toEqual([
    [1, ...codes('abc')],
    [1, ...codes('def')],
    [1, 2],
  ]);
  expect(warnings).toEqual([]);
});

describe('a conversation', () => {
  const chat: TextEntry = {
    type: 'chat',
    messages: [
      { role: 'user', content: 'ab' },
      { role: 'assistant', content: 'cd' },
    ],
  };
  const options = { length: 40, chat: template, warn: () => {} };

  it('is written by the template, and nothing is put around it; the last message is learnt', () => {
    const sequences: readonly Sequence[] = encodeEntries([chat], characters, options)[0]!.sequences;
    expect([...sequences[0]!.ids]).toEqual(codes('<user>ab/<assistant>cd/'));
    expect(Array.from(sequences[0]!.labels).filter((label) => label >= 0)).toEqual(codes('cd/'));
    expect(sequences[0]!.completionBytes).toBe(3);
  });

  it('needs a template, one that begins the same without the answer', () => {
    expect(() => encodeEntries([chat], characters, { ...options, chat: null })).toThrow(/need a chat template/);
    const turned: ChatTemplate = (messages) => `${messages.length} messages`;
    expect(() => encodeEntries([chat], characters, { ...options, chat: turned })).toThrow(/of 2 messages as it begins/);
  });
});
