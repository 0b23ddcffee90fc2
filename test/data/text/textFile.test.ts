import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Documents, readTextFile, type TextEntry } from '../../../src/data/text/textFile.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

const folder = temporaryFolder();

function read(name: string, content: string | Uint8Array, documents?: Documents): TextEntry[] {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return readTextFile(file, documents);
}

describe('a .txt file', () => {
  const content = 'One.\nStill one.\r\n\r\n \nTwo.\n\n\n\nThree.\n';

  it('is one text, as it stands', () => {
    expect(read('a.txt', content)).toEqual([{ type: 'text', text: 'One.\nStill one.\n\n \nTwo.\n\n\n\nThree.\n' }]);
  });

  it('is a text for each part between blank lines', () => {
    expect(read('a.txt', content, 'blank-lines')).toEqual(
      ['One.\nStill one.', 'Two.', 'Three.'].map((text) => ({ type: 'text', text })),
    );
  });

  it('has text in it', () => {
    expect(() => read('empty.txt', ' \n\n')).toThrow(/empty\.txt: there is no text in it/);
    expect(() => read('empty.txt', '', 'blank-lines')).toThrow(/there is no text in it/);
  });

  it('is UTF-8', () => {
    expect(() => read('latin1.txt', Uint8Array.of(0x63, 0xe9))).toThrow(/latin1\.txt: not UTF-8/);
    expect(read('umlaut.txt', 'Grüße')).toEqual([{ type: 'text', text: 'Grüße' }]);
  });
});

describe('a .jsonl file', () => {
  it('holds texts, completions and chats', () => {
    const messages = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
    ];
    const lines = [{ text: 'a', more: 1 }, { prompt: 'b', completion: 'c' }, { messages }];
    expect(read('a.jsonl', `${lines.map((line) => JSON.stringify(line)).join('\n\n')}\n`)).toEqual([
      { type: 'text', text: 'a' },
      { type: 'completion', prompt: 'b', completion: 'c' },
      { type: 'chat', messages },
    ]);
  });

  it.each([
    ['{"text": "a"', /line 2: not JSON/],
    ['[1]', /line 2: expected \{ "text" \}.*found a list/],
    ['null', /line 2: expected .*found null/],
    ['{"input": "a", "output": "b"}', /line 2: expected .*found the keys input, output/],
    ['{}', /found the keys of nothing/],
    ['{"text": 3}', /line 2: "text" should be a text, not 3/],
    ['{"text": " "}', /line 2: "text" is empty/],
    ['{"prompt": "a"}', /line 2: "completion" should be a text, not missing/],
    ['{"completion": "a"}', /line 2: "prompt" should be a text, not missing/],
    ['{"prompt": "a", "completion": ""}', /line 2: "completion" is empty/],
    ['{"messages": []}', /line 2: "messages" should be a list/],
    ['{"messages": ["Hello"]}', /line 2, message 1: not an object/],
    ['{"messages": [{"role": "user"}]}', /line 2, message 1: "content" should be a text, not missing/],
    ['{"messages": [{"role": "user", "content": "a"}]}', /line 2: the last of "messages" should be the assistant's/],
  ])('%s is refused', (line, message) => {
    expect(() => read('b.jsonl', `{"text": "fine"}\n${line}\n`)).toThrow(message);
  });
});

it('another file is refused', () => {
  expect(() => read('a.csv', 'a,b')).toThrow(/a\.csv: expected plain text in a \.txt file or JSON lines/);
  expect(() => readTextFile(path.join(folder, 'nowhere.txt'))).toThrow(/nowhere\.txt: cannot be read/);
});
