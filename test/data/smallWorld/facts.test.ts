import { describe, expect, it } from 'vitest';
import { smallWorldFacts } from '../../../src/data/smallWorld/facts.ts';
import { probability } from '../../../src/data/smallWorld/probabilisticGrammar.ts';
import { relations } from '../../../src/data/smallWorld/relations.ts';
import { smallWorldSentences, text } from '../../../src/data/smallWorld/sentences.ts';
import { characters } from '../../../src/data/smallWorld/world.ts';

const said = (sentence: string): number => probability(text, sentence.split(' '));

describe('the world', () => {
  it('has sixty characters, each with one answer to each relation', () => {
    expect(new Set(characters.map(({ name }) => name)).size).toBe(60);
    for (const { facts } of characters) expect(Object.keys(facts)).toEqual(relations.map(({ name }) => name));
  });

  it('gives everybody one friend, nobody themselves', () => {
    expect(new Set(characters.map(({ facts }) => facts.friend)).size).toBe(60);
    for (const { name, facts } of characters) expect(facts.friend).not.toBe(name);
  });

  it('golden', () => {
    expect(characters[12]).toMatchInlineSnapshot(`
      {
        "facts": {
          "coins": "8",
          "colour": "golden",
          "food": "beans",
          "friend": "Ivo",
          "home": "castle",
          "house": "6 7",
          "job": "teacher",
          "kind": "mouse",
          "letter": "q",
          "sign": "+",
          "toy": "flute",
          "word": "print",
        },
        "name": "Mira",
        "pronoun": "she",
      }
    `);
  });
});

describe('cloze items', () => {
  const items = smallWorldFacts();

  it('ask for every fact whose answer is one word', () => {
    expect(items).toHaveLength(60 * 11);
    for (const { completion, candidates } of items) {
      expect(candidates).toContain(completion);
      expect(new Set(candidates).size).toBe(candidates.length);
      expect(candidates.length).toBeGreaterThanOrEqual(8);
    }
  });

  it('have one right answer: the generator says the fact, and never with another candidate', () => {
    for (const { prompt, completion, candidates } of items.filter((_, i) => i % 11 === 0)) {
      expect(said(`${prompt} ${completion} .`)).toBeGreaterThan(0);
      for (const wrong of candidates.filter((word) => word !== completion))
        expect(said(`${prompt} ${wrong} .`)).toBe(0);
    }
  });

  it('cannot be answered by the commonest word of a relation', () => {
    for (const { name } of relations.filter((relation) => relation.name !== 'house')) {
      const answers = characters.map(({ facts }) => facts[name]);
      const commonest = Math.max(...answers.map((answer) => answers.filter((other) => other === answer).length));
      expect(commonest / 60).toBeLessThan(0.25);
    }
  });

  it('are stated in training, in the words in which they are asked, at least twice each', () => {
    const train = smallWorldSentences({ validation: 0, test: 0 }).split('train');
    const stated = new Map<string, number>();
    for (const { completion } of train) {
      const first = completion.slice(0, completion.indexOf(' .') + 2);
      stated.set(first, (stated.get(first) ?? 0) + 1);
    }
    for (const { prompt, completion } of items)
      expect(stated.get(`${prompt} ${completion} .`)).toBeGreaterThanOrEqual(2);
  });
});
