import { expect, test } from 'vitest';
import { pythonJson } from '../../src/parity/pythonJson.ts';

test('what Python writes for no number is null, and text stays text', () => {
  expect(pythonJson('{"a": NaN, "b": [-Infinity, 1,Infinity], "c": NaN\n}')).toEqual({
    a: null,
    b: [null, 1, null],
    c: null,
  });
  expect(pythonJson('["a, NaN, b"]')).toEqual(['a, NaN, b']);
});

test('what is no JSON otherwise is refused', () => {
  for (const text of ['', '{', '[NaN', '[Nan]']) expect(() => pythonJson(text)).toThrow(SyntaxError);
});
