/** Who lives in the small world, and what is true of them. Each relation has one right answer for each character. */
import { stream } from '../../tensor/random.ts';
import { femaleNames, maleNames } from './lexicon.ts';
import { relations, type Relation, type RelationName } from './relations.ts';

export interface Character {
  readonly name: string;
  readonly pronoun: 'she' | 'he';
  readonly facts: Readonly<Record<RelationName, string>>;
}

export const characters: readonly Character[] = makeCharacters();

function makeCharacters(): Character[] {
  const names = [...femaleNames, ...maleNames];
  const answers = relations.map(({ name, values }) => [name, answersTo(name, values, names)] as const);
  return names.map((name, i) => ({
    name,
    pronoun: i < femaleNames.length ? 'she' : 'he',
    facts: Object.fromEntries(answers.map(([relation, of]) => [relation, of[i]])) as Record<RelationName, string>,
  }));
}

/** One answer for each name. Friends are a permutation in which nobody is their own friend; all else is drawn independently. */
function answersTo(relation: RelationName, values: readonly string[], names: readonly string[]): string[] {
  const random = stream(0, 'small world', relation);
  if (relation !== 'friend') return names.map(() => values[random.integer(values.length)]);
  let friends = random.shuffle([...names]);
  while (friends.some((friend, i) => friend === names[i])) friends = random.shuffle([...names]);
  return friends;
}

/** A template of `relation` (relations.ts) filled in for a character. */
export function fact(character: Character, relation: Relation, template: string): string {
  const she = character.pronoun;
  return template
    .replace('$name', character.name)
    .replace('$value', character.facts[relation.name])
    .replace('$she', she)
    .replace('$her', she === 'she' ? 'her' : 'his');
}
