/**
 * Regular expressions as PEFT's files hold them, in Python's syntax, which differs from ours in a few places: named groups
 * (?P<name>…) and (?P=name), \A and \Z for the ends of the text, and flags (?i), (?s), (?m) that stand at the beginning.
 */
import { RequestError } from '../errors.ts';

const flagsAtStart = /^\(\?(?<flags>[a-zA-Z]+)\)/;
/** Python's flags that change nothing here (u is its default), and those that we have too. */
const known = 'imsu';

/** The expression between `before` and `after`. Throws a RequestError, beginning with `what`, for one that cannot be read. */
export function pythonPattern(text: string, what: string, before: string, after: string): RegExp {
  const flags = flagsAtStart.exec(text)?.groups?.flags ?? '';
  const refuse = (why: string): RequestError =>
    new RequestError(`${what} '${text}' is not a regular expression: ${why}`);
  const odd = flags.split('').find((flag) => !known.includes(flag));
  if (odd) throw refuse(`the flag (?${odd}) has no counterpart here`);
  const body = text
    .replace(flagsAtStart, '')
    .replaceAll(/\\[\s\S]|\(\?P<|\(\?P=(?<name>\w+)\)/g, (found, name?: string) => {
      if (found === '(?P<') return '(?<';
      if (name) return `\\k<${name}>`;
      return { '\\A': '(?<![\\s\\S])', '\\Z': '(?![\\s\\S])' }[found] ?? found;
    });
  try {
    return new RegExp(`${before}(?:${body})${after}`, [...new Set(flags.replaceAll('u', '').split(''))].join(''));
  } catch (error) {
    throw refuse((error as Error).message);
  }
}
