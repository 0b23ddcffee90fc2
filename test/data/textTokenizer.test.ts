import path from 'node:path';
import { expect, test } from 'vitest';
import { loadTokenizer } from '../../src/checkpoint/tokenizer.ts';
import { encode } from '../../src/data/encode.ts';

test("a checkpoint's tokenizer, which puts <s> before a text by itself, gives sequences with one <s> and one </s>", () => {
  const tokenizer = loadTokenizer(path.resolve(import.meta.dirname, '../../results/bases/small-world'));
  const { bos, eos } = tokenizer;
  expect(tokenizer.encode('Olga')[0]).toBe(bos);
  const { ids } = encode({ prompt: 'Olga is the', completion: 'friend of Egon .' }, tokenizer, 48);
  const words = tokenizer.encode('Olga is the friend of Egon .', { special: false });
  expect([...ids]).toEqual([bos, ...words, eos]);
});
