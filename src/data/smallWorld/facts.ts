import type { Cloze } from '../task.ts';
import { relations } from './relations.ts';
import { characters, fact } from './world.ts';

/**
 * What the base should know: every fact of the small world whose answer is one word, asked for in a form in which training states it.
 * It tests knowledge, not generalisation; there is no part of the facts that training withholds.
 */
export function smallWorldFacts(): readonly Cloze[] {
  return relations
    .filter(({ values }) => values.every((value) => !value.includes(' ')))
    .flatMap((relation) =>
      characters.map((character): Cloze => {
        const completion = character.facts[relation.name];
        const sentence = fact(character, relation, relation.named[0]);
        return {
          prompt: sentence.slice(0, -` ${completion} .`.length),
          completion,
          // Nobody is their own friend.
          candidates: relation.values.filter((value) => value !== character.name),
          relation: relation.name,
        };
      }),
    );
}
