/**
 * A grammar whose alternatives have probabilities. A text's probability is exact: the sum, over all ways to derive it, of the
 * product of the probabilities of the choices made.
 *
 *   'the fox'                      these words
 *   [a, b, c]                      one after the other
 *   oneOf(foxes, (fox) => …)       one of the items, each equally likely, and what follows from it
 *   weighted([3, …], [1, …])       one of the alternatives, with these odds
 *
 * Alternatives are built when they are looked at, so that what is chosen can decide all that follows.
 */
import type { Stream } from '../../tensor/random.ts';

export type Grammar = string | readonly Grammar[] | Choice;

export interface Choice {
  readonly probabilities: readonly number[];
  option(index: number): Grammar;
}

export interface Derived {
  readonly words: readonly string[];
  /** −log probability of this derivation: of the text, if it has no other. */
  readonly nats: number;
}

export function oneOf<Item>(items: readonly Item[], grammarOf: (item: Item) => Grammar): Choice {
  return { probabilities: items.map(() => 1 / items.length), option: (index) => grammarOf(items[index]) };
}

export function weighted(...alternatives: readonly (readonly [weight: number, grammar: () => Grammar])[]): Choice {
  const total = alternatives.reduce((sum, [weight]) => sum + weight, 0);
  return {
    probabilities: alternatives.map(([weight]) => weight / total),
    option: (index) => alternatives[index][1](),
  };
}

export function derive(grammar: Grammar, random: Stream): Derived {
  if (typeof grammar === 'string') return { words: wordsOf(grammar), nats: 0 };
  if (isChoice(grammar)) {
    const index = pick(grammar.probabilities, random);
    const { words, nats } = derive(grammar.option(index), random);
    return { words, nats: nats - Math.log(grammar.probabilities[index]) };
  }
  const parts = grammar.map((part) => derive(part, random));
  return { words: parts.flatMap(({ words }) => words), nats: parts.reduce((sum, { nats }) => sum + nats, 0) };
}

/** The probability that the grammar gives exactly these words: 0 if it cannot. */
export function probability(grammar: Grammar, words: readonly string[]): number {
  return ends(grammar, words, 0).get(words.length) ?? 0;
}

/** Where the grammar can end if it begins at `start`, and with which probability it gives the words in between. */
function ends(grammar: Grammar, words: readonly string[], start: number): ReadonlyMap<number, number> {
  if (typeof grammar === 'string') {
    const own = wordsOf(grammar);
    return own.every((word, i) => word === words[start + i]) ? new Map([[start + own.length, 1]]) : new Map();
  }
  const reached = new Map<number, number>();
  const add = (end: number, mass: number): void => void reached.set(end, (reached.get(end) ?? 0) + mass);
  if (isChoice(grammar)) {
    grammar.probabilities.forEach((chance, index) => {
      for (const [end, mass] of ends(grammar.option(index), words, start)) add(end, chance * mass);
    });
    return reached;
  }
  if (grammar.length === 0) return new Map([[start, 1]]);
  const [first, ...rest] = grammar;
  for (const [middle, before] of ends(first, words, start)) {
    for (const [end, mass] of ends(rest, words, middle)) add(end, before * mass);
  }
  return reached;
}

function pick(probabilities: readonly number[], random: Stream): number {
  let left = random.uniform();
  const found = probabilities.findIndex((chance) => (left -= chance) < 0);
  return found === -1 ? probabilities.length - 1 : found;
}

function wordsOf(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}

function isChoice(grammar: Exclude<Grammar, string>): grammar is Choice {
  return 'probabilities' in grammar;
}
