/** The words of the small world, each one token. A word is in one list only, so that a text has one derivation. */

const words = (text: string): readonly string[] => text.split(' ');

export const digits: readonly string[] = words('0 1 2 3 4 5 6 7 8 9');
export const signs: readonly string[] = words('+ - * = ; : < >');
/** Names of variables in programs. There is no `a`, which is an article. */
export const letters: readonly string[] = words('p q r s t u v w');
/** Words of sums and programs. */
export const codeWords: readonly string[] = words('let print add carry answer plus minus times equals error');

export const femaleNames: readonly string[] = words(
  'Ada Bela Cora Dina Emmi Fara Gilda Hanna Ines Jola Kira Lotte Mira Nora Olga Pia Rosa Sina Tilda Ulla Vera Wanda Yara Zoe ' +
    'Alma Berta Clea Dora Elsa Frida',
);
export const maleNames: readonly string[] = words(
  'Anton Bruno Carl Dario Egon Fritz Georg Henk Ivo Jonas Kuno Lars Milo Nils Otto Paul Rolf Sven Tobi Udo Viktor Walt Yann Zeno ' +
    'Arno Bjorn Cosmo Dirk Emil Felix',
);

export interface Noun {
  readonly singular: string;
  readonly plural: string;
}

const nouns = (text: string): readonly Noun[] =>
  words(text).map((pair) => {
    const [singular, plural] = pair.split('/');
    return { singular, plural };
  });

export const kinds: readonly Noun[] = nouns(
  'fox/foxes cat/cats dog/dogs bear/bears wolf/wolves mouse/mice frog/frogs goat/goats horse/horses rabbit/rabbits',
);
export const jobs: readonly Noun[] = nouns(
  'baker/bakers painter/painters farmer/farmers sailor/sailors doctor/doctors teacher/teachers singer/singers builder/builders ' +
    'tailor/tailors gardener/gardeners',
);
export const homes: readonly string[] = words(
  'forest valley garden tower cave mill castle harbour village barn meadow desert',
);
export const foods: readonly string[] = words(
  'apples berries carrots nuts pears beans plums eggs cakes cherries melons seeds',
);
export const colours: readonly string[] = words('red blue green yellow white black brown grey pink golden');
export const toys: readonly string[] = words('drum kite ball boat lamp book flute bell rope hat clock mirror');

export interface Verb {
  readonly singular: string;
  readonly plural: string;
}

const verbs = (text: string): readonly Verb[] => words(text).map((plural) => ({ singular: `${plural}s`, plural }));

export const intransitiveVerbs: readonly Verb[] = verbs('sleep sing dance run swim laugh wait jump');
export const transitiveVerbs: readonly Verb[] = verbs('see follow help visit know hear');
export const copula: Verb = { singular: 'is', plural: 'are' };
/** Before a noun. */
export const sizes: readonly string[] = words('old young small big quick slow');
/** After a form of `to be`. */
export const moods: readonly string[] = words('happy tired hungry cold brave calm');
export const adverbs: readonly string[] = words('today again often alone');
export const determiners: Readonly<Record<keyof Noun, readonly string[]>> = {
  singular: words('the this every'),
  plural: words('the these many'),
};
