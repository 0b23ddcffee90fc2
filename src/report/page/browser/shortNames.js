/** Names with their middle left out, since variants of a method differ at the end. */

/**
 * How many characters of each of some names are shown: no more than `wanted` where they stay different from each other then, else as many
 * as that takes, up to `most`.
 * @param {readonly string[]} names
 * @param {number} wanted
 * @param {number} most
 */
export function nameLength(names, wanted, most) {
  for (let characters = wanted; characters < most; characters++)
    if (new Set(names.map((name) => shortName(name, characters))).size === new Set(names).size) return characters;
  return Math.max(wanted, most);
}

/**
 * @param {string} name
 * @param {number} characters
 */
export function shortName(name, characters) {
  const kept = keptOf(characters);
  return name.length > characters ? `${name.slice(0, kept)}\u2026${name.slice(-kept)}` : name;
}

/**
 * The same as an expression of vega's.
 * @param {string} text an expression
 * @param {number} characters
 */
export function shortened(text, characters) {
  const kept = keptOf(characters);
  return `length(${text}) > ${characters} ? slice(${text}, 0, ${kept}) + '\u2026' + slice(${text}, -${kept}) : ${text}`;
}

/** @param {number} characters */
function keptOf(characters) {
  return Math.max(1, Math.floor((characters - 1) / 2));
}
