import { readFileSync } from 'node:fs';
import path from 'node:path';
import prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { type Analysis, analysisJsonSchema } from '../../src/results/analysis.ts';
import { readAnalysis, writeAnalysis } from '../../src/results/analysisFile.ts';
import { parseAnalysis } from '../../src/results/parse.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { analysisOf } from './syntheticAnalysis.ts';

it('the published schema is the one in use (write it anew with `npx vitest run test/results/analysis.test.ts -u`)', async () => {
  const file = path.resolve('docs/analysis.schema.json');
  const style = await prettier.resolveConfig(file);
  const text = await prettier.format(JSON.stringify(analysisJsonSchema()), { ...style, parser: 'json' });
  await expect(text).toMatchFileSnapshot(file);
  expect(readFileSync(file, 'utf8')).toContain('arXiv:2410.21228');
});

describe('an analysis', () => {
  it('survives its file; where there is none it is null', () => {
    const folder = temporaryFolder();
    expect(readAnalysis(folder)).toBeNull();
    const analysis = analysisOf();
    expect(writeAnalysis(folder, analysis)).toBe(path.join(folder, 'analysis.json'));
    expect(readAnalysis(folder)).toEqual(analysis);
  });

  /** With one thing about it changed. */
  const changed = (change: (analysis: Analysis) => void): string => {
    const copy = structuredClone(analysisOf());
    change(copy);
    return JSON.stringify(copy);
  };

  it.each([
    [
      'a list that is too short',
      (a: Analysis) => a.variants.LoRA!.runs[0]!.norm.pop(),
      'variants.LoRA.runs[0].norm: has 2 entries for 3 sites',
    ],
    [
      'a site that there is none of',
      (a: Analysis) => a.variants.LoRA!.sites.push(9),
      'variants.LoRA.sites: there is no site 9',
    ],
    [
      'a text for a number',
      (a: Analysis) => ((a.variants.LoRA!.runs[0]!.norm as unknown[])[0] = 'x'),
      'norm[0]: expected number',
    ],
    [
      'another version',
      (a: Analysis) => ((a as { schema: string }).schema = 'adapterlab/analysis/9'),
      'its schema is "adapterlab/analysis/9"',
    ],
    ['a grid of another size', (a: Analysis) => a.similarity.pairs[0]!.input.pop(), 'similarity.pairs[0].input'],
  ])('%s is refused with its place', (_name, change, message) => {
    const parse = (): unknown => parseAnalysis(changed(change), 'analysis.json');
    expect(parse).toThrow(RequestError);
    expect(parse).toThrow(message);
  });

  it('that does not fit is never written', () =>
    expect(() => writeAnalysis(temporaryFolder(), JSON.parse(changed((a) => a.sites.pop())) as Analysis)).toThrow(
      'analysis of synthetic: variants.LoRA.sites: there is no site 2',
    ));
});
