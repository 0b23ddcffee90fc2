/**
 * A text as realisations are looked for in: lower case, without accents and apostrophes, words and signs apart by one space, and a
 * space at both ends, so that " word " is always a whole word.
 *
 *   "It isn't kid-friendly, £20-25."  →  " it isnt kid friendly , £20 25 . "
 */
export function plainText(text: string): string {
  const plain = text
    .normalize('NFD')
    .replace(/[\u0300-\u036f'’‘`]/g, '')
    .toLowerCase()
    .replace(/£\s*(?=\d)/g, ' £')
    .replace(/(?<=\d)\.0+(?!\d)/g, '')
    .replace(/[^a-z0-9£.,;:!?()]+/g, ' ')
    .replace(/[.,;:!?()]/g, ' $& ')
    .replace(/\s+/g, ' ')
    .trim();
  return ` ${plain} `;
}
