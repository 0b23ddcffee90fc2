import { describe, expect, test } from 'vitest';
import { type Example, defineTask, type Task } from '../../src/data/task.ts';
import { promptSet, promptSetTokens, samplesOf, textScoresOf } from '../../src/train/writtenTexts.ts';
import { characters, codes } from '../data/characters.ts';

const examples: readonly Example[] = [
  { prompt: 'name : A =', completion: 'A is cheap.', group: 'name[A], priceRange[cheap]' },
  { prompt: 'name : B =', completion: 'B it is.', group: 'name[B]', references: ['B it is.', 'It is B.'] },
  { prompt: 'name : A =', completion: 'Cheap: A.', group: 'name[A], priceRange[cheap]' },
  { prompt: '', completion: 'plain text' },
  { prompt: 'name : C =', completion: 'C', group: 'name[C]' },
];

function taskOf(more: Partial<Task>): Task {
  const splits = { train: [], validation: [], test: examples };
  const content = () => ({ splits, cloze: [], minimalPairs: [] });
  return defineTask({ name: 'told', spec: { type: 'told' }, metrics: ['lossNats'], ...more }, content);
}

const scored = taskOf({ metrics: ['lossNats', 'rougeL', 'slotErrorRate'], generate: { prompts: 2, tokens: 7 } });

describe('the prompts of a split', () => {
  test('are the first different ones, each with all its references', () => {
    const { prompts, tokens, metrics } = promptSet(scored, 'test', characters, 9);
    expect(prompts).toEqual([
      {
        ids: [characters.bos, ...codes('name : A =')],
        text: 'name : A =',
        expected: 'A is cheap.',
        references: ['A is cheap.', 'Cheap: A.'],
        group: 'name[A], priceRange[cheap]',
      },
      expect.objectContaining({ references: ['B it is.', 'It is B.'], expected: 'B it is.' }),
    ]);
    expect([tokens, metrics]).toEqual([7, ['rougeL', 'slotErrorRate']]);
    expect(promptSetTokens(promptSet(scored, 'test', characters, 9))).toBe(2 * (11 + 7));
  });

  test('without a metric of text are samples, long enough for what is expected and its end', () => {
    expect(promptSet(taskOf({}), 'test', characters, 0).prompts).toEqual([]);
    const { prompts, tokens, metrics } = promptSet(taskOf({}), 'test', characters, 3);
    expect(prompts.map(({ text }) => text)).toEqual(['name : A =', 'name : B =', 'name : C =']);
    expect([tokens, metrics]).toEqual([' A is cheap.'.length + 1, []]);
  });

  test('must be said how many where text is scored', () => {
    expect(() => promptSet(taskOf({ metrics: ['bleu'] }), 'test', characters, 3)).toThrow(
      'told: bleu needs text; the task must say how much (generate)',
    );
  });
});

test('scores are over all texts, samples the first of them', () => {
  const set = promptSet(scored, 'test', characters, 0);
  const written = (...texts: string[]) =>
    set.prompts.map(({ text, references, group }, i) => ({ prompt: text, hypothesis: texts[i]!, references, group }));
  expect(textScoresOf(set, written('A is cheap.', 'It is B.'))).toEqual({ rougeL: 1, slotErrorRate: 0 });
  // Three slots: the price is not there, and one is added.
  const texts = written('A', 'B is family-friendly');
  expect(textScoresOf(set, texts).slotErrorRate).toBeCloseTo(2 / 3, 12);
  expect(samplesOf(set, texts, 1)).toEqual([{ prompt: 'name : A =', expected: 'A is cheap.', got: 'A' }]);
  expect(textScoresOf({ ...set, prompts: [] }, [])).toEqual({});
});
