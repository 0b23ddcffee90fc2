/** White space as Python's str.split and str.rstrip know it, so that what is counted between two spaces is what the references count. */
const space = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const spaces = new RegExp(`${space}+`, 'u');
const spacesAtEnd = new RegExp(`${space}+$`, 'u');

/** Words of a text, without empty ones. */
export function wordsOf(text: string): string[] {
  return text.split(spaces).filter((word) => word !== '');
}

/** The text without white space at its end. */
export function trimmedEnd(text: string): string {
  return text.replace(spacesAtEnd, '');
}
