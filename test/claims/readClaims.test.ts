/** The claims of one experiment, as notebooks show them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readClaims } from '../../src/claims/readClaims.ts';
import { readEvidence } from '../../src/claims/readEvidence.ts';
import { weighClaims } from '../../src/claims/weigh.ts';
import { RequestError } from '../../src/errors.ts';
import { claimsText } from '../../src/report/claims/markdown.ts';
import { whyText } from './whyText.ts';
import { readContent } from '../../src/report/report.ts';
import { openStore } from '../../src/results/store.ts';
import { profile, synthetic } from '../results/synthetic.ts';

const results = mkdtempSync(path.join(tmpdir(), 'adapterlab-read-claims-'));
afterAll(() => rmSync(results, { recursive: true }));

beforeAll(() => {
  for (const [experiment, effectNats] of Object.entries({ 'equal-footing': -0.1, 'adalora-ablation': -0.2 })) {
    const profiles = { LoRA: profile({}), AdaLoRA: profile({ effectNats, allocatesRanks: true }) };
    const { plan, records } = synthetic({ profiles, learningRates: [1e-3, 3e-3, 1e-2], seeds: 4, steps: 12 });
    const store = openStore(path.join(results, experiment), { ...plan, experiment });
    for (const record of records) store.write({ ...record, plan: { ...record.plan, experiment } });
  }
});

it('are those that look at it, with the verdicts of the page of claims', () => {
  const folders = ['equal-footing', 'adalora-ablation'];
  const read = folders.map((folder) => ({ folder, content: readContent(path.join(results, folder)) }));
  const all = weighClaims(readEvidence(results, read, null));
  const mine = readClaims(results, 'equal-footing');
  expect(mine.map(({ number }) => number)).toEqual([1, 9, 10, 12, 15]);
  expect(mine).toEqual(all.filter(({ number }) => [1, 9, 10, 12, 15].includes(number)));
  expect(whyText(mine[1]!)).toMatch(/^equal-footing \(.* as claimed.*adalora-ablation \(/);
});

it('stand as text, each with its verdict and what every source answers', () => {
  const lines = claimsText(readClaims(results, 'adalora-ablation')).split('\n');
  const heads = lines.filter((line) => line.startsWith('**'));
  expect(heads.map((head) => /^\*\*(\d+)\. /.exec(head)?.[1])).toEqual(['9', '10', '11']);
  expect(heads.every((head) => /\*\* – \*(holds|fails|mixed|no difference shown|not measured)\*$/.test(head))).toBe(
    true,
  );
  expect(lines.some((line) => line.startsWith("  - – there is no variant 'SVD form only'"))).toBe(true);
  expect(lines.some((line) => /^ {2}- ✓ .*AdaLoRA less LoRA: .* as claimed$/.test(line))).toBe(true);
});

it('of an experiment that was not run say so', () => {
  expect(readClaims(results, 'which-modules')).toMatchObject([
    {
      number: 8,
      verdict: 'not measured',
      why: [
        {
          source: 'which-modules',
          findings: [{ sentence: expect.stringContaining('adapterlab run experiments/which-modules.ts') }],
        },
      ],
    },
  ]);
});

it('of an experiment that no claim looks at there are none', () => {
  expect(() => readClaims(results, 'rank-swep')).toThrow(
    /no claim looks at an experiment 'rank-swep'; closest: rank-sweep/,
  );
  expect(() => readClaims(results, 'rank-swep')).toThrow(RequestError);
});
