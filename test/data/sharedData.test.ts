import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { e2e, slotsText } from '../../src/data/e2e.ts';
import { sharedFolder } from '../../src/data/shared.ts';
import { splits } from '../../src/data/task.ts';
import { splitStories, tinyStories } from '../../src/data/tinyStories.ts';
import { RequestError } from '../../src/errors.ts';

describe('sharedFolder', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('says the variable, the path and what to put there', () => {
    vi.stubEnv('ADAPTERLAB_SHARED', '/nowhere');
    const ask = (): string => sharedFolder('data', 'e2e-nlg', 'devset.csv');
    expect(ask).toThrow(RequestError);
    expect(ask).toThrow(
      /^\/nowhere\/data\/e2e-nlg\/devset\.csv does not exist.*ADAPTERLAB_SHARED names \(now \/nowhere\)/,
    );
    expect(ask).toThrow('as data/e2e-nlg: devset.csv and testset_w_refs.csv');
    expect(() => sharedFolder('data', 'other.txt')).toThrow('Put data/other.txt there');
  });

  it('is ../shared from the working folder by default', () => {
    vi.stubEnv('ADAPTERLAB_SHARED', '');
    expect(() => sharedFolder('no-such')).toThrow(path.resolve('../shared/no-such'));
    expect(() => sharedFolder('no-such')).toThrow('not set, so ../shared');
  });
});

describe('e2e on a small data set', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'shared-'));
    const folder = path.join(root, 'data', 'e2e-nlg');
    mkdirSync(folder, { recursive: true });
    const csv = (mrs: string[]): string =>
      `mr,ref\n${mrs.flatMap((mr) => [1, 2, 3].map((i) => `"${mr}","Ref ${i}, of ""${mr}""."`)).join('\n')}\n`;
    const mrs = (prefix: string, count: number): string[] =>
      Array.from({ length: count }, (_, i) => `name[${prefix}${i}], eatType[pub]`);
    writeFileSync(path.join(folder, 'devset.csv'), csv(mrs('D', 16)));
    writeFileSync(path.join(folder, 'testset_w_refs.csv'), csv(mrs('T', 4)));
    vi.stubEnv('ADAPTERLAB_SHARED', root);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  });

  it('holds an eighth of the MRs out, whatever the sizes', () => {
    const all = e2e();
    expect(splits.map((split) => all.split(split).length)).toEqual([42, 6, 12]);
    const some = e2e({ train: 20, validation: 2, test: 5 });
    expect(some.split('validation')).toEqual(all.split('validation').slice(0, 2));
    expect(new Set(some.split('validation').map(({ group }) => group)).size).toBe(2);
    expect(some.split('train')[0].prompt).toMatch(/^name : D\d+ \| Type : pub =$/);
    expect(some.split('train')[0].completion).toMatch(/^Ref 1, of "name/);
  });

  it('has all references of a MR in each of its examples, and text to be scored unless told otherwise', () => {
    const [first] = e2e({ test: 3 }).split('test');
    expect(first!.references).toHaveLength(3);
    expect(first!.references).toContain(first!.completion);
    const task = e2e({ generate: { prompts: 7 } });
    expect(task.generate).toEqual({ prompts: 7, tokens: 80 });
    expect(task.spec).toMatchObject({ prompts: 7, tokens: 80 });
    expect(task.metrics).toContain('slotErrorRate');
    const none = e2e({ generate: false });
    expect(none.metrics).toEqual(['lossNats', 'bitsPerByte']);
    expect(none.spec).toEqual({ type: 'e2e', train: 'all', validation: 'all', test: 'all' });
    expect(() => e2e({ generate: { prompts: 0 } })).toThrow('generate.prompts must be a whole number from 1, not 0');
    expect(() => e2e({ generate: { token: 3 } as object })).toThrow('did you mean "tokens"');
  });

  it('refuses what is not there', () => {
    expect(() => e2e({ test: 13 }).split('test')).toThrow("test must be 'all' or a whole number up to 12");
    expect(() => e2e({ train: -1 }).split('test')).toThrow(RequestError);
    writeFileSync(path.join(root, 'data', 'e2e-nlg', 'devset.csv'), 'meaning,text\na,b\n');
    expect(() => e2e().split('train')).toThrow(/devset\.csv: record 1 lacks "mr" or "ref"/);
    rmSync(path.join(root, 'data', 'e2e-nlg', 'devset.csv'));
    expect(() => e2e().split('train')).toThrow('does not exist');
  });
});

it('slotsText writes slots as the LoRA paper does', () => {
  expect(slotsText('name[Zizzi], eatType[pub], familyFriendly[yes], customer rating[5 out of 5]')).toBe(
    'name : Zizzi | Type : pub | family friendly : yes | customer rating : 5 out of 5',
  );
  expect(slotsText('priceRange[£20-25], area[city centre]')).toBe('price : £ 20 - 25 | area : city centre');
  expect(slotsText('priceRange[less than £20]')).toBe('price : less than £ 20');
});

it('splitStories starts a story at "Once" and at a new hero, and leaves fragments out', () => {
  const filler = 'They played. '.repeat(30).trim();
  const text = [
    'the end of a story.',
    `Once upon a time there was a cat. ${filler}`,
    'One day, a cat met a dog.',
    'Once there was a very short story.',
    `One day, a girl named Mia slept. ${filler}`,
    filler,
    `Once there were many. ${'They played. '.repeat(200)}`,
  ];
  expect(splitStories(`${text.join('\n\n')}\n`)).toEqual([`${text[1]}\n\n${text[2]}`, `${text[4]}\n\n${filler}`]);
});

const shared = process.env.ADAPTERLAB_SHARED || '../shared';
const present = ((): boolean => {
  try {
    return readFileSync(path.join(shared, 'data/e2e-nlg/lora-format/valid.txt')).length > 0;
  } catch {
    return false;
  }
})();

describe.skipIf(!present)('the real data sets', () => {
  it('e2e: no meaning representation is in two splits', () => {
    const task = e2e();
    const [train, validation, test] = splits.map((split) => new Set(task.split(split).map(({ group }) => group)));
    expect([train.size, validation.size, test.size]).toEqual([478, 69, 630]);
    expect(new Set([...train, ...validation, ...test]).size).toBe(478 + 69 + 630);
    expect(splits.reduce((sum, split) => sum + task.split(split).length, 0)).toBe(4672 + 4693);
    expect(task.hash()).toBe('3233372a608e8521b742db9814bcb4c2a63c93c0356b504e5dfd0778770f1e28');
  });

  it('e2e: the prompts are those of the LoRA paper', () => {
    const task = e2e();
    const ours = new Set(splits.flatMap((split) => task.split(split).map(({ prompt }) => prompt)));
    const theirs = ['valid.txt', 'test.txt'].flatMap((file) =>
      readFileSync(path.join(shared, 'data/e2e-nlg/lora-format', file), 'utf8')
        .trimEnd()
        .split('\n'),
    );
    expect(new Set(theirs.map((line) => `${line.split('||')[0]} =`))).toEqual(ours);
  });

  it('tinyStories: 745 stories, no slice overlaps', () => {
    const task = tinyStories({ train: 445, validation: 100, test: 200 });
    const stories = splits.flatMap((split) => task.split(split).map(({ completion }) => completion));
    expect(stories).toHaveLength(745);
    expect(new Set(stories).size).toBe(745);
    expect(() => tinyStories({ train: 446 }).split('train')).toThrow('a sum up to 745');
    expect(tinyStories().hash()).toBe('53a1b44d6fe3fc1c904f9cab5c142eb1d96c22891f2f01836ba5e71e072325a4');
  });
});
