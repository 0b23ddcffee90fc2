import { expect, test } from 'vitest';
import { pairJoiner } from '../../src/checkpoint/pairEncoding.ts';
import { RequestError } from '../../src/errors.ts';

const [first, second] = [[10, 11], [20]];
const ends = { sep: ['</s>', 2], cls: ['<s>', 1] };
const special = (id: string, type: number): object => ({ SpecialToken: { id, type_id: type } });
const text = (id: string, type: number): object => ({ Sequence: { id, type_id: type } });
const template = {
  type: 'TemplateProcessing',
  pair: [special('<s>', 0), text('A', 0), text('B', 1), special('</s>', 1)],
  special_tokens: { '<s>': { id: '<s>', ids: [1] }, '</s>': { id: '</s>', ids: [2, 3] } },
};
const byteLevel = { type: 'ByteLevel', trim_offsets: false };

test.each([
  ['nothing', null, [10, 11, 20], [0, 0, 1]],
  ['a byte level', byteLevel, [10, 11, 20], [0, 0, 1]],
  ["BERT's", { type: 'BertProcessing', ...ends }, [1, 10, 11, 2, 20, 2], [0, 0, 0, 0, 1, 1]],
  [
    "RoBERTa's, which knows one type",
    { type: 'RobertaProcessing', ...ends },
    [1, 10, 11, 2, 2, 20, 2],
    [0, 0, 0, 0, 0, 0, 0],
  ],
  ['a template', template, [1, 10, 11, 20, 2, 3], [0, 0, 0, 1, 1, 1]],
  [
    'several, one of which adds',
    { type: 'Sequence', processors: [byteLevel, template] },
    [1, 10, 11, 20, 2, 3],
    [0, 0, 0, 1, 1, 1],
  ],
])('two texts behind %s', (_what, processor, ids, typeIds) => {
  expect(pairJoiner(processor)(first, second)).toEqual({ ids, typeIds });
});

test('an empty second text is one', () => {
  const { ids, typeIds } = pairJoiner({ type: 'BertProcessing', ...ends })(first, []);
  expect({ ids, typeIds }).toEqual({ ids: [1, 10, 11, 2, 2], typeIds: [0, 0, 0, 0, 1] });
});

test.each([
  [{ type: 'Magic' }, /post_processor cannot join pairs/],
  [{ type: 'BertProcessing', sep: ['x'] }, /post_processor cannot join pairs.*sep/s],
  [{ type: 'Sequence', processors: [template, template] }, /several parts that add tokens/],
])('%j is refused', (processor, message) => {
  expect(() => pairJoiner(processor)).toThrow(RequestError);
  expect(() => pairJoiner(processor)).toThrow(message);
});
