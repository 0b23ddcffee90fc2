/** GSM8K, code and Zorro: small files of their form, and the real ones where they are. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { code } from '../../src/data/code.ts';
import { gsm8k } from '../../src/data/gsm8k.ts';
import { type Split, splits, type Task } from '../../src/data/task.ts';
import { tinyStories } from '../../src/data/tinyStories.ts';
import { zorroPairs } from '../../src/data/zorro.ts';
import { RequestError } from '../../src/errors.ts';
import { describeWithShared } from '../shared.ts';

const sizesOf = (task: Task): number[] => splits.map((split) => task.split(split).length);

describe('small files', () => {
  let root = '';
  const write = (file: string, content: string | Uint8Array): void => {
    mkdirSync(path.dirname(path.join(root, 'data', file)), { recursive: true });
    writeFileSync(path.join(root, 'data', file), content);
  };
  const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'shared-'));
    vi.stubEnv('ADAPTERLAB_SHARED', root);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  });

  it('gsm8k: question and answer, a line break between, validation from the training file', () => {
    const problems = Array.from({ length: 480 }, (_, i) => ({
      question: `How many? ${i} `,
      answer: `${i}\n#### ${i}`,
    }));
    write('gsm8k/train.jsonl', lines(problems));
    write('gsm8k/test.jsonl', lines([{ question: 'Two?', answer: 'Yes.\n#### 2' }]));
    expect(sizesOf(gsm8k())).toEqual([7, 473, 1]);
    expect(gsm8k().split('test')).toEqual([{ prompt: 'Two?', joint: '\n', completion: 'Yes.\n#### 2' }]);
    const some = gsm8k({ train: 2, validation: 3 });
    expect(some.split('validation')).toEqual(gsm8k().split('validation').slice(0, 3));
    expect(() => gsm8k({ test: 2 }).split('test')).toThrow(
      "gsm8k: test must be 'all' or a whole number up to 1, not 2",
    );
  });

  it.each([
    ['{"question":"?"}\n', /train\.jsonl: line 1 is an object without a text "answer"/],
    ['{"question":"?","answer":"!"}\n\nno\n', /train\.jsonl: line 2 is no JSON object; each line must hold question/],
    ['{"question":"?","answer":5}\n', /without a text "answer"/],
  ])('gsm8k: %j is refused', (content, message) => {
    write('gsm8k/train.jsonl', content);
    write('gsm8k/test.jsonl', '');
    expect(() => gsm8k().split('train')).toThrow(message);
    expect(() => gsm8k().split('train')).toThrow(RequestError);
  });

  it('code: functions by task number, in lines of one kind', () => {
    const rows = [1, 11, 510, 511, 600, 601, 974].map((number) => ({
      task_id: number,
      text: `Write ${number}.`,
      code: 'def f():\r\n    return 1 \r\n',
    }));
    write('code/mbpp.jsonl', lines(rows));
    const prompts = (split: Split): string[] =>
      code()
        .split(split)
        .map(({ prompt }) => prompt);
    expect(prompts('test')).toEqual(['Write 11.', 'Write 510.']);
    expect(prompts('validation')).toEqual(['Write 511.', 'Write 600.']);
    expect(prompts('train')).toEqual(['Write 601.', 'Write 974.']);
    expect(code().split('test')[0]).toMatchObject({ joint: '\n', completion: 'def f():\n    return 1' });
  });

  it('code: HumanEval has test problems alone', () => {
    const row = { prompt: 'def f(x):\n    """ Adds one. """\n', canonical_solution: '    return x + 1\n' };
    write('code/HumanEval.jsonl.gz', gzipSync(lines([row])));
    const task = code({ source: 'humanEval' });
    expect(sizesOf(task)).toEqual([0, 0, 1]);
    expect(task.split('test')[0]).toEqual({
      prompt: 'def f(x):\n    """ Adds one. """',
      joint: '\n',
      completion: '    return x + 1',
    });
    expect(() => code({ source: 'humaneval' as 'mbpp' })).toThrow("'mbpp' or 'humanEval', not 'humaneval'");
  });

  it('zorro: the second line of each two is right, written as in stories', () => {
    write('zorro/gender.txt', 'will Mark want herself ?\nwill Mark want himself ?\na dog bark .\na dog barks .\n');
    write('zorro/number.txt', 'look at this houses .\nlook at this house .\nx .\ny .\n');
    expect(zorroPairs(2)).toHaveLength(4);
    expect(zorroPairs(2)).toContainEqual({
      right: 'Will Mark want himself?',
      wrong: 'Will Mark want herself?',
      paradigm: 'gender',
    });
    expect(zorroPairs(1).map(({ paradigm }) => paradigm)).toEqual(['gender', 'number']);
    expect(() => zorroPairs(3)).toThrow(/gender\.txt has 4 lines; 3 pairs/);
    write('zorro/number.txt', 'one line\n');
    expect(() => zorroPairs(1)).toThrow(/number\.txt has 1 lines/);
  });

  it.each([
    ['gsm8k', () => gsm8k().split('test'), 'openai/grade-school-math'],
    ['code', () => code().split('test'), 'google-research'],
    ['zorro', () => zorroPairs(1), 'phueb/Zorro'],
  ])('%s: where nothing is, the message says what belongs there', (folder, ask, source) => {
    expect(ask).toThrow(RequestError);
    expect(ask).toThrow(path.join(root, 'data', folder));
    expect(ask).toThrow(source);
  });

  it('tinyStories refuses pairs that are no number', () => {
    expect(() => tinyStories({ minimalPairs: -1 })).toThrow('minimalPairs must be a whole number');
    expect(tinyStories().metrics).not.toContain('grammarAccuracy');
  });
});

describeWithShared('the real files', () => {
  it('have the sizes that are published', () => {
    expect(sizesOf(gsm8k())).toEqual([7000, 473, 1319]);
    expect(sizesOf(code())).toEqual([374, 90, 500]);
    expect(sizesOf(code({ source: 'humanEval' }))).toEqual([0, 0, 164]);
  });

  it('tinyStories with so many pairs of each of 23 paradigms, the same ones whatever else is asked', () => {
    const task = tinyStories({ validation: 1, test: 1, minimalPairs: 5 });
    const pairs = task.minimalPairs();
    expect(pairs).toHaveLength(23 * 5);
    expect(new Set(pairs.map(({ paradigm }) => paradigm)).size).toBe(23);
    for (const { right, wrong } of pairs) {
      expect(right).not.toBe(wrong);
      expect(right).toMatch(/^[A-Z].*[^ ][.?]$/);
    }
    expect(task.metrics).toEqual(['lossNats', 'bitsPerByte', 'grammarAccuracy']);
    const byParadigm = tinyStories({ validation: 1, test: 1, minimalPairs: 20 }).metrics;
    expect(byParadigm).toEqual([...task.metrics, 'grammarAccuracyByParadigm']);
    const more = tinyStories({ validation: 1, test: 1, minimalPairs: 6 }).minimalPairs();
    for (const pair of pairs) expect(more).toContainEqual(pair);
  });
});
