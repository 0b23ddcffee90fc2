import { describe, expect, test } from 'vitest';
import { patternValue } from '../../src/adapters/pattern.ts';
import { RequestError } from '../../src/errors.ts';

const name = 'model.layers.3.mlp.up_proj';
const matches = (key: string): boolean => patternValue({ [key]: 1 }, name, 0) === 1;

describe("a key of PEFT's patterns", () => {
  test.each(['up_proj', 'mlp.up_proj', 'layers\\.[0-3]\\..*', '.*up_proj', '^model.*up_proj', 'down_proj|up_proj'])(
    '%s matches from a dot on to the end',
    (key) => expect(matches(key)).toBe(true),
  );

  test.each(['proj', 'mlp', '^layers.*', '^up_proj', 'up_proj.weight'])('%s does not', (key) =>
    expect(matches(key)).toBe(false),
  );

  test('a leading ^ belongs to its alternative alone', () => {
    expect(matches('^model.norm|up_proj')).toBe(true);
    expect(matches('down_proj|^model.layers.3.mlp.up_proj')).toBe(true);
    expect(matches('^layers.3.mlp.up_proj|down_proj')).toBe(false);
  });

  test('the first that matches wins', () => {
    expect(patternValue({ down_proj: 1, 'mlp\\..*': 2, up_proj: 3 }, name, 0)).toBe(2);
  });

  test('is a regular expression, or a wrong request', () => {
    expect(() => matches('(')).toThrow(RequestError);
  });
});
