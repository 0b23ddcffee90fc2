/**
 * How E2E's slot values are said; whether a place is for families is read by itself (familyFriendly.ts). A rating or a price may be said
 * on either of E2E's two scales: "high" and "5 out of 5" are one value, and so are "cheap" and "less than £20".
 */
import { customerRating } from './customerRating.ts';
import { priceRange } from './priceRange.ts';
import type { Realisation } from './realisation.ts';

/** The value by which another is known. */
export const canonical: { readonly [slot: string]: { readonly [value: string]: string } } = {
  'customer rating': { '1 out of 5': 'low', '3 out of 5': 'average', '5 out of 5': 'high' },
  priceRange: { 'less than £20': 'cheap', '£20-25': 'moderate', 'more than £30': 'high' },
};

export const realisations: { readonly [slot: string]: readonly Realisation[] } = {
  eatType: [
    {
      values: ['coffee shop'],
      ways: [
        'coffee ?(?:shops?|houses?|bars?|places?|stores?|joints?|establishments?)',
        'cafes?',
        'tea ?(?:shop|room)s?',
      ],
    },
    {
      values: ['pub'],
      ways: ['pubs?', 'public houses?', 'taverns?', 'inns?', 'alehouse', 'gastropubs?', 'breweries', 'brewery'],
    },
    { values: ['coffee shop'], ways: ['coffee', 'coffees'], mild: true },
    { values: ['pub'], ways: ['bars?', 'beers?'], mild: true },
    {
      values: ['restaurant'],
      ways: [
        'restaurants?',
        'eatery',
        'eateries',
        'diners?',
        'bistros?',
        'pizzeria',
        'steakhouse',
        'dining (?:establishment|place|spot|venue|option)s?',
      ],
      mild: true,
    },
  ],
  food: [
    { values: ['Chinese'], ways: ['chinese'] },
    { values: ['English'], ways: ['english', 'british(?! pounds?)', 'fish and chips'] },
    { values: ['Fast food'], ways: ['fast ?foods?', 'junk foods?'] },
    { values: ['French'], ways: ['french'] },
    { values: ['Italian'], ways: ['italian', 'italy', 'pasta', 'pizzas?', 'spaghetti'] },
    { values: ['Japanese'], ways: ['japanese', 'sushi'] },
    { values: ['Indian'], ways: ['indian', 'curry', 'curries'] },
    { values: ['Fast food'], ways: ['burgers?', 'fries', 'take ?away', 'quick (?:food|meals?)'], mild: true },
  ],
  area: [
    {
      values: ['city centre'],
      ways: ['(?:north|south|east|west|edge|end) of (?:the )?(?:cambridge )?(?:city|town) (?:centre|center)'],
      mild: true,
    },
    {
      values: ['city centre'],
      ways: [
        '(?:city|town) ?s? ?(?:centre|center|central|centers|centres|heart)',
        '(?:centre|center|middle|heart|core) (?:part |area )?(?:. )?(?:of|in) (?:the |a )?(?:city|town|cambridge)',
        'downtown',
        'inner city',
        'central (?:city|town|location|area|cambridge|part)',
        'centrally located',
        'located centrally',
      ],
    },
    {
      values: ['riverside'],
      ways: [
        'river ?(?:sides?|fronts?|banks?|area|views?)',
        'water ?(?:front|side)',
        '(?:the|by|near|on|a|along|beside) rivers?',
      ],
    },
    {
      values: ['city centre'],
      ways: ['(?:in|of) (?:the |a )?(?:city|town|centre|center|urban area)', 'central', 'city'],
      mild: true,
    },
    { values: ['riverside'], ways: ['rivers?'], mild: true },
  ],
  'customer rating': customerRating,
  priceRange,
};
