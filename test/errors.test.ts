import { expect, it } from 'vitest';
import { RequestError } from '../src/errors.ts';

it('a wrong request is an error of its own kind', () => {
  expect(new RequestError('no such method')).toBeInstanceOf(Error);
});
