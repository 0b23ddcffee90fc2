/** Slots of E2E's meaning representations, and which of them a text states. */
import { type Meaning, type SlotErrors, slotErrors, type Stated } from '../../metrics/slotError.ts';
import { familyFriendly } from './familyFriendly.ts';
import { withoutPlaces } from './places.ts';
import { plainText } from './plainText.ts';
import { canonical, realisations } from './realisations.ts';

/** name[Alimentum], area[city centre] → name: Alimentum, area: city centre. */
export function meaningOf(representation: string): Meaning {
  const slots = [...representation.matchAll(/\s*([^,[\]]+)\[([^\]]*)\]/g)];
  return new Map(slots.map(([, slot, value]) => [slot, value]));
}

/** What is missing, wrong or added in a text of a meaning representation. */
export function e2eSlotErrors(representation: string, text: string): SlotErrors {
  const meaning = meaningOf(representation);
  return slotErrors(
    new Map([...meaning].map(([slot, value]) => [slot, canonicalValue(slot, value)])),
    statedSlots(text, meaning),
  );
}

const canonicalValue = (slot: string, value: string): string => canonical[slot]?.[value] ?? value;

const patterns = Object.entries(realisations).map(
  ([slot, ways]) =>
    [slot, ways.map((one) => ({ ...one, pattern: new RegExp(`(?<= )(?:${one.ways.join('|')})(?= )`, 'g') }))] as const,
);

/** Values, by their canonical names, that a text states of each slot, read beside what it should mean. */
export function statedSlots(text: string, meaning: Meaning): Stated {
  const named = withoutPlaces(plainText(properNounsAside(text)), meaning.get('name'), meaning.get('near'));
  const stated = new Map<string, Set<string>>();
  const add = (slot: string, value: string): void => void stated.set(slot, (stated.get(slot) ?? new Set()).add(value));
  for (const slot of ['name', 'near'] as const) {
    if (named.includes(` @${slot} `)) add(slot, meaning.get(slot)!);
    else if (named.includes(` @other${slot} `)) add(slot, 'another');
  }
  for (const value of familyFriendly(named)) add('familyFriendly', value);
  for (const [slot, ways] of patterns) {
    const wanted = canonicalValue(slot, meaning.get(slot) ?? '');
    let rest = named;
    for (const { values, pattern, exact, mild } of ways) {
      let isSaid = false;
      rest = rest.replaceAll(pattern, (said: string, at: number) => {
        isSaid ||= !isNegated(rest.slice(0, at));
        return '_'.repeat(said.length);
      });
      if (!isSaid || (mild && !values.includes(wanted))) continue;
      add(slot, values.includes(wanted) ? wanted : values[0]!);
      if (exact) break;
    }
  }
  return stated;
}

/** "The Indian Queen" is a name and no food. */
function properNounsAside(text: string): string {
  return text.replace(
    /\b(?<=(?:The|called|named) )(?:Chinese|English|French|Italian|Japanese|Indian)(?= (?!Food|Cuisine|Restaurant|Pub|Coffee|Cafe|Café|Bar|Place|Eatery)[A-Z])/g,
    '',
  );
}

/** What turns round or takes away what follows it, with words of no weight between: "does not serve", "outside the". */
const negation = new RegExp(
  ' (?:not|no|isnt|doesnt|never|arent|without|neither|nor|non|rather than|instead of|outside(?: of)?|(?:far|away|blocks|miles) from|outskirts of)' +
    '(?: (?:a|an|the|very|too|so|particularly|serves?|offers?|have|in|located|at|on|provides?|sells?))* $',
);
const isNegated = (before: string): boolean => negation.test(before);
