import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { e2eSlotErrors, meaningOf, statedSlots } from '../../../src/data/e2e/slots.ts';
import { slotErrorRate } from '../../../src/metrics/slotError.ts';
import { describeWithShared, shared } from '../../shared.ts';

/** What a text states of a slot, beside a meaning. */
const said = (slot: string, text: string, meaning = 'name[Cocum]'): string[] => [
  ...(statedSlots(text, meaningOf(meaning)).get(slot) ?? []),
];

describe('values are known by how they are said', () => {
  test.each([
    ['is a family-friendly pub', 'yes'],
    ['is child friendly', 'yes'],
    ['welcomes kids', 'yes'],
    ['is cheap but not bad for families', 'no'],
    ['is not family-friendly', 'no'],
    ["isn't kid friendly", 'no'],
    ['does not welcome children', 'no'],
    ['is a non-family-friendly place', 'no'],
    ['is not a very good place to bring your kids', 'no'],
    ['has a low rating. Children are not welcome', 'no'],
    ['is for adults only', 'no'],
    ['is not cheap, but family friendly', 'yes'],
    ['is not near the river and is family friendly', 'yes'],
    ['has no kid-friendly and no family-friendly rooms', 'no'],
  ])('familyFriendly: Cocum %s: %s', (text, value) => {
    expect(said('familyFriendly', `Cocum ${text}.`)).toEqual([value]);
  });

  test.each([
    ['with a rating of 5 out of 5', 'high'],
    ['with a five star rating', 'high'],
    ['highly rated by customers', 'high'],
    ['with excellent reviews', 'high'],
    ['that customers rate as average', 'average'],
    ['with a 3 out of 5 customer rating', 'average'],
    ['with poor customer ratings', 'low'],
    ['which is not highly rated', 'low'],
    ['with an amazing rating of 1 out of 5', 'low'],
  ])('customer rating: Cocum %s: %s', (text, value) => {
    expect(said('customer rating', `Cocum is a place ${text}.`)).toEqual([value]);
  });

  test.each([
    ['is cheap', 'cheap'],
    ['is inexpensive', 'cheap'],
    ['has a low price range', 'cheap'],
    ['costs less than £20', 'cheap'],
    ['has meals for £20-25', 'moderate'],
    ['has prices between £20 and £25', 'moderate'],
    ['is moderately priced', 'moderate'],
    ['is in the high price range', 'high'],
    ['has prices of more than £ 30', 'high'],
    ['is expensive', 'high'],
    ['has an average price of more than £30', 'high'],
    ['is a low cost place, with meals for £20-25', 'moderate'],
  ])('priceRange: Cocum %s: %s', (text, value) => {
    expect(said('priceRange', `Cocum ${text}.`)).toEqual([value]);
  });

  test('a level is of what it stands beside', () => {
    const text = 'Cocum is in the high price range with an average customer rating.';
    expect(said('priceRange', text)).toEqual(['high']);
    expect(said('customer rating', text)).toEqual(['average']);
    const other = 'Cocum has low prices and a high customer rating.';
    expect(said('priceRange', other)).toEqual(['cheap']);
    expect(said('customer rating', other)).toEqual(['high']);
  });

  test.each([
    ['in the city center', 'city centre'],
    ['in the centre of the city', 'city centre'],
    ['by the river', 'riverside'],
    ['on the waterfront', 'riverside'],
  ])('area: %s: %s', (text, value) => {
    expect(said('area', `Cocum is a pub ${text}.`)).toEqual([value]);
    expect(said('area', `Cocum is a pub outside ${text.replace(/^\w+ /, '')}.`)).not.toContain('city centre');
  });

  test('what may stand for two values stands for the one that is meant', () => {
    const text = 'Cocum has good ratings.';
    expect(said('customer rating', text, 'name[Cocum], customer rating[high]')).toEqual(['high']);
    expect(said('customer rating', text, 'name[Cocum], customer rating[3 out of 5]')).toEqual(['average']);
    expect(said('customer rating', text, 'name[Cocum], customer rating[low]')).toEqual(['average']);
  });
});

describe('a name is no slot', () => {
  test('a cuisine in a name is no food', () => {
    expect(said('food', 'The Indian Queen is a pub.', 'name[The Indian Queen]')).toEqual([]);
    expect(said('food', 'There is a pub called The Indian Queen.')).toEqual([]);
    expect(said('food', 'Cocum is near Raja Indian Cuisine.', 'name[Cocum], near[Raja Indian Cuisine]')).toEqual([]);
    expect(said('food', 'Cocum, near Raja Indian Cuisine, serves Indian food.')).toEqual(['Indian']);
    expect(said('food', 'Cocum is the Indian restaurant that you want.')).toEqual(['Indian']);
  });

  test('a kind of place in a name is none', () => {
    expect(said('eatType', 'Cocum is near Café Rouge and All Bar One.', 'name[Cocum], near[Café Rouge]')).toEqual([]);
    expect(said('eatType', 'Cocum is near Express by Holiday Inn.')).toEqual([]);
  });

  test('a word is matched as a whole', () => {
    expect(said('food', 'Cocum sells Indiana Jones hats to Englishmen.')).toEqual([]);
    expect(said('eatType', 'Cocum is a republic.', 'eatType[pub]')).toEqual([]);
    expect(said('name', 'Cocumbers are sold.')).toEqual([]);
  });

  test('names are known without article or accents, in part, and as owners', () => {
    const meaning = 'name[The Wrestlers], near[Café Sicilia]';
    for (const text of ['Wrestlers', 'the wrestlers', "The Wrestlers' pub"])
      expect(said('name', text, meaning)).toEqual(['The Wrestlers']);
    expect(said('near', 'The Wrestlers is near Cafe Sicilia.', meaning)).toEqual(['Café Sicilia']);
    expect(said('near', 'The Wrestlers is near Burger King.', meaning)).toEqual(['another']);
    expect(said('name', 'Travellers Rest is cheap.', 'name[Travellers Rest Beefeater]')).toHaveLength(1);
  });

  test('signs in a name are signs', () => {
    const meaning = 'name[Who? (The Bar)]';
    expect(said('name', 'I like Who? (the bar).', meaning)).toEqual(['Who? (The Bar)']);
    expect(said('name', 'I like who the bar.', meaning)).toEqual([]);
  });

  test('every place to eat may be called a restaurant', () => {
    const restaurant = 'Cocum is a restaurant.';
    expect(said('eatType', restaurant, 'name[Cocum]')).toEqual([]);
    expect(said('eatType', `${restaurant} It is a pub.`, 'name[Cocum], eatType[pub]')).toEqual(['pub']);
    expect(said('eatType', restaurant, 'name[Cocum], eatType[restaurant]')).toEqual(['restaurant']);
  });
});

test('what is missing, wrong and added', () => {
  const meaning = 'name[Cocum], eatType[pub], food[Indian], area[riverside], priceRange[£20-25]';
  expect(e2eSlotErrors(meaning, 'Cocum is a riverside pub with Indian food for £20-25.')).toEqual({
    slots: 5,
    missing: [],
    wrong: [],
    added: [],
  });
  expect(e2eSlotErrors(meaning, 'Cocum is a cheap pub in the city centre. It is family friendly.')).toEqual({
    slots: 5,
    missing: ['food'],
    wrong: ['area', 'priceRange'],
    added: ['familyFriendly'],
  });
});

describeWithShared("E2E's own references", () => {
  /** The rate, and its parts by kind. */
  const rateOf = (file: string): { rate: number; missing: number } => {
    const rows: { mr: string; ref: string }[] = parse(readFileSync(path.join(shared('data/e2e-nlg'), file)), {
      columns: true,
      bom: true,
    });
    const errors = rows.map(({ mr, ref }) => e2eSlotErrors(mr, ref));
    const slots = errors.reduce((sum, one) => sum + one.slots, 0);
    return { rate: slotErrorRate(errors), missing: errors.reduce((sum, one) => sum + one.missing.length, 0) / slots };
  };

  test('state nearly all that the cleaned meanings (Dušek et al. 2019) say of them', () => {
    const { rate, missing } = rateOf('cleaned/test-fixed.csv');
    expect(missing).toBeLessThan(0.002);
    expect(rate).toBeLessThan(0.036);
  });

  test('lack more of the meanings as published, which they do not state in full', () => {
    const { rate, missing } = rateOf('testset_w_refs.csv');
    expect(rate).toBeLessThan(0.085);
    expect(missing).toBeGreaterThan(0.06);
  });
});
