/**
 * A tokenizer with what the reference implementation makes of texts: a folder with tokenizer.json and an expected.json that has
 * `vocab_size` and `cases`. A deviation counts the texts that come out otherwise; none may.
 */
import path from 'node:path';
import { z } from 'zod';
import { loadChatTemplate } from '../checkpoint/chatTemplate.ts';
import { loadTokenizer } from '../checkpoint/tokenizer.ts';
import type { Deviation } from './caseResult.ts';
import type { Checked, Kind } from './kind.ts';
import { parsed } from './runCase.ts';

const ids = z.array(z.int());

const expectedSchema = z.object({
  vocab_size: z.int(),
  cases: z
    .array(
      z.object({
        text: z.string(),
        ids,
        ids_no_special: ids,
        tokens: z.array(z.string()),
        decoded: z.string(),
        decoded_skip_special: z.string(),
      }),
    )
    .min(1),
  pairs: z.array(z.object({ a: z.string(), b: z.string(), ids, type_ids: ids })).default([]),
  chats: z
    .array(
      z.object({
        messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
        add_generation_prompt: z.boolean(),
        text: z.string(),
        ids,
      }),
    )
    .default([]),
});

export const tokenizerCase: Kind = {
  kind: 'tokenizer',
  find(folder) {
    const isTokenizer = folder.holds('expected.json', 'vocab_size', 'cases');
    return (isTokenizer === 'unreadable' ? folder.has('tokenizer.json') : isTokenizer) ? [folder.path] : [];
  },
  knownTypes: [],
  types: () => [],
  check: compareTokenizer,
};

function compareTokenizer(folder: string): Checked {
  const expected = parsed(expectedSchema, path.join(folder, 'expected.json'));
  const tokenizer = loadTokenizer(folder);
  const deviations: { [what: string]: Deviation } = {};
  const different: string[] = [];
  const compare = <Case, Value>(
    what: string,
    cases: readonly Case[],
    got: (one: Case) => Value,
    wanted: (one: Case) => Value,
  ): void => {
    const pairs = cases.map((one) => [got(one), wanted(one)].map((value) => JSON.stringify(value)));
    const off = pairs.filter(([ours, theirs]) => ours !== theirs);
    if (cases.length > 0) deviations[what] = { value: off.length, tolerance: 0 };
    if (off.length > 0) different.push(`${what} ${off[0][0]} instead of ${off[0][1]}`);
  };
  const { cases, pairs, chats } = expected;
  const template = chats.length > 0 ? loadChatTemplate(folder) : null;
  if (chats.length > 0 && !template)
    throw new Error(`${folder}: expected.json has chats, but there is no chat template`);

  compare(
    'vocabulary',
    [expected],
    () => tokenizer.size,
    (one) => one.vocab_size,
  );
  compare(
    'ids',
    cases,
    ({ text }) => tokenizer.encode(text),
    (one) => one.ids,
  );
  compare(
    'idsNoSpecial',
    cases,
    ({ text }) => tokenizer.encode(text, { special: false }),
    (one) => one.ids_no_special,
  );
  compare(
    'tokens',
    cases,
    ({ text }) => tokenizer.tokens(text, { special: false }),
    (one) => one.tokens,
  );
  compare(
    'decoded',
    cases,
    (one) => tokenizer.decode(one.ids, { special: true }),
    (one) => one.decoded,
  );
  compare(
    'decodedSkipSpecial',
    cases,
    (one) => tokenizer.decode(one.ids),
    (one) => one.decoded_skip_special,
  );
  compare(
    'pairIds',
    pairs,
    ({ a, b }) => tokenizer.encodePair(a, b).ids,
    (one) => one.ids,
  );
  compare(
    'pairTypeIds',
    pairs,
    ({ a, b }) => tokenizer.encodePair(a, b).typeIds,
    (one) => one.type_ids,
  );
  compare(
    'chatText',
    chats,
    (one) => template!(one.messages, { ask: one.add_generation_prompt }),
    (one) => one.text,
  );
  compare(
    'chatIds',
    chats,
    ({ text }) => tokenizer.encode(text, { special: false }),
    (one) => one.ids,
  );
  return { deviations, remark: different.map((text) => text.slice(0, 300)).join('; ') };
}
