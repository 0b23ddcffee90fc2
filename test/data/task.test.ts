import { expect, it } from 'vitest';
import { defineTask, type Example, type TaskContent } from '../../src/data/task.ts';

const example: Example = { prompt: 'a', completion: 'b' };
const content: TaskContent = {
  splits: { train: [example], validation: [], test: [] },
  cloze: [{ prompt: 'p', completion: 'c', candidates: ['c', 'd'], relation: 'r' }],
  minimalPairs: [{ right: 'r', wrong: 'w', paradigm: 'p' }],
};
const hashOf = (changed: TaskContent): string =>
  defineTask({ name: 'n', spec: { type: 't' }, metrics: [] }, () => changed).hash();

it('the hash covers examples, their split and group, clozes and pairs', () => {
  expect(hashOf(content)).toBe(hashOf(structuredClone(content)));
  expect(hashOf(content)).toMatch(/^[0-9a-f]{64}$/);
  const { splits } = content;
  const others: TaskContent[] = [
    { ...content, splits: { ...splits, train: [], validation: [example] } },
    { ...content, splits: { ...splits, train: [{ prompt: '', completion: 'ab' }] } },
    { ...content, splits: { ...splits, train: [{ ...example, group: 'g' }] } },
    { ...content, splits: { ...splits, train: [example, example] } },
    { ...content, cloze: [{ ...content.cloze[0], candidates: ['c'] }] },
    { ...content, minimalPairs: [{ ...content.minimalPairs[0], wrong: 'x' }] },
  ];
  expect(new Set([content, ...others].map(hashOf)).size).toBe(7);
});

it('content is made when it is first asked for, once', () => {
  let made = 0;
  const task = defineTask({ name: 'n', spec: { type: 't' }, metrics: ['lossNats'] }, () => {
    made++;
    return content;
  });
  expect(task.spec).toEqual({ type: 't' });
  expect(made).toBe(0);
  task.split('train');
  task.hash();
  expect(task.cloze()).toBe(content.cloze);
  expect(made).toBe(1);
});
