import { describe, expect, test } from 'vitest';
import { pythonPattern } from '../../src/adapters/pythonPattern.ts';
import { isTarget } from '../../src/adapters/targets.ts';
import { patternValue } from '../../src/adapters/pattern.ts';
import { RequestError } from '../../src/errors.ts';

const whole = (text: string): RegExp => pythonPattern(text, 'the target', '^', '$');

describe("a regular expression in Python's syntax", () => {
  test.each([
    [String.raw`(?P<layer>\d+)\.(?P=layer)`, '4.4', '4.5'],
    [String.raw`\Aq_proj\Z`, 'q_proj', 'q_proj2'],
    ['(?i)Q_PROJ', 'q_proj', 'k_proj'],
    ['(?is)Q_PROJ|V_PROJ', 'v_proj', 'k_proj'],
    [String.raw`\(\?P<\w`, '(?P<a', 'P<a'],
    [String.raw`a\\Z`, 'a\\Z', 'a'],
    ['q_proj|v_proj', 'v_proj', 'xv_proj'],
    ['(?u)q', 'q', 'k'],
  ])('%s', (text, matching, other) => {
    expect(whole(text).test(matching)).toBe(true);
    expect(whole(text).test(other)).toBe(false);
  });

  test.each([
    ['(', /^the target '\(' is not a regular expression/],
    ['(?x) a b', /the flag \(\?x\) has no counterpart here/],
    ['(?P>name)', /is not a regular expression/],
  ])('%s is refused', (text, message) => {
    expect(() => whole(text)).toThrow(RequestError);
    expect(() => whole(text)).toThrow(message);
  });

  test('in targets, layers patterns and patterns of ranks', () => {
    const site = { name: 'model.layers.1.mlp.up_proj', kind: 'linear', isHead: false } as const;
    expect(isTarget(site, { targets: String.raw`.*\.(?P<which>up|down)_proj\Z` })).toBe(true);
    expect(isTarget(site, { targets: ['up_proj'], layers: 1, layersPattern: '(?P<list>layers)' })).toBe(true);
    expect(isTarget(site, { targets: ['up_proj'], layers: 0, layersPattern: '(?P<list>layers)' })).toBe(false);
    expect(patternValue({ '(?P<which>up|down)_proj': 3 }, site.name, 8)).toBe(3);
    expect(isTarget(site, { targets: 'All-Linear' })).toBe(true);
  });
});
