/** Names of places in a text: those of a meaning, and all others that E2E knows, so that what is in a name is not taken for a slot. */
import { plainText } from './plainText.ts';

/** As the slots `name` and `near` have them. */
const names: readonly string[] = (
  'Alimentum, Aromi, Bibimbap House, Browns Cambridge, Clowns, Cocum, Cotto, Fitzbillies, Midsummer House, ' +
  'Taste of Cambridge, The Cambridge Blue, The Cricketers, The Eagle, The Golden Palace, The Mill, The Phoenix, ' +
  'The Punter, The Wrestlers, Travellers Rest Beefeater, Wildwood, Blue Spice, Giraffe, Green Man, Loch Fyne, ' +
  'Strada, The Plough, The Vaults, The Waterman, Zizzi, The Dumpling Tree, The Olive Grove, The Rice Boat, ' +
  'The Twenty Two'
).split(', ');
const neighbours: readonly string[] = (
  'Burger King, Café Sicilia, Crowne Plaza Hotel, Clare Hall, The Portland Arms, The Bakers, Café Brazil, ' +
  'The Sorrento, Raja Indian Cuisine, Ranch, Rainbow Vegetarian Café, All Bar One, Express by Holiday Inn, ' +
  'The Rice Boat, Avalon, Café Rouge, Café Adriatic, Yippee Noodle Bar, The Six Bells'
).split(', ');

/** Other ways to say a name, in plain text. */
const aliases: { readonly [name: string]: readonly string[] } = {
  'browns cambridge': ['browns'],
  'travellers rest beefeater': [
    'travellers rest',
    'travelers rest beefeater',
    'travelers rest',
    'traveller rest beefeater',
    'beefeater',
  ],
  'express by holiday inn': ['holiday inn express', 'holiday inn', 'express holiday inn', 'express inn'],
  'raja indian cuisine': ['raja indian', 'raja cuisine', 'raja', 'rajas indian cuisine', 'raja s indian cuisine'],
  'rainbow vegetarian cafe': ['rainbow vegetarian', 'rainbow cafe', 'rainbow vegetarian restaurant'],
  'crowne plaza hotel': ['crown plaza hotel', 'crown plaza', 'crowne plaza'],
  'cafe brazil': ['brazil cafe'],
};

/** Words that a name may be said without. */
const generic = new Set(['the', 'cafe', 'hotel', 'house', 'cambridge']);

/**
 * A plain text with each name replaced by a word of its own: "@name" and "@near" of the meaning, "@othername" and "@othernear" of all
 * others. Longest first; of two equal ones, that of the meaning.
 */
export function withoutPlaces(text: string, name: string | undefined, near: string | undefined): string {
  const entries = [
    ...waysToSay(name).map((way) => [way, '@name'] as const),
    ...waysToSay(near).map((way) => [way, '@near'] as const),
    ...names.flatMap((other) => waysToSay(other)).map((way) => [way, '@othername'] as const),
    ...neighbours.flatMap((other) => waysToSay(other)).map((way) => [way, '@othernear'] as const),
  ];
  const longestFirst = entries.toSorted(([a], [b]) => b.length - a.length);
  return longestFirst.reduce(
    (rest, [way, mark]) => rest.replaceAll(new RegExp(` ${escaped(way)}s?(?= )`, 'g'), ` ${mark}`),
    text,
  );
}

function waysToSay(name: string | undefined): readonly string[] {
  if (name === undefined) return [];
  const whole = plainText(name).trim();
  const words = whole.split(' ');
  const short = words.filter((word) => !generic.has(word)).join(' ');
  const bare = words[0] === 'the' ? words.slice(1).join(' ') : whole;
  return [...new Set([whole, bare, short, ...(aliases[whole] ?? [])])].filter((way) => way !== '');
}

const escaped = (text: string): string => text.replace(/[.?!()]/g, '\\$&');
