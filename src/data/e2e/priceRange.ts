/** How price ranges are said, in words or in pounds. */
import { any, beside, type Realisation } from './realisation.ts';

const prices = any(
  'pric(?:e|es|ed|ing|ey), price (?:ranges?|points?|tags?|brackets?), costs?, costing, budget, charges?, rates',
);
const besidePrice = any(
  'a, an, the, its, their, our, of, in, into, is, are, was, as, at, on, with, for, to, be, being, has, have, very, only, just, quite, fairly, ' +
    'rather, relatively, slightly, somewhat, little, bit, food, foods, menu, meals?, dishes, drinks, items?, range[sd]?, ranging, level, end, side, ' +
    'fall, falls, that, which, it, they, here, @name, @near, :',
);
const price = (levels: string): readonly string[] =>
  beside(levels, prices, besidePrice, '(?:customer|user|rat|review)');
const money = (amount: string): string => `£?(?:${amount})(?: ?(?:pounds?|gbp|quid|euros?|dollars?|£))?`;
const [twenty, twentyFive, thirty] = [money('20|twenty'), money('25|twenty five'), money('30|thirty')];

export const priceRange: readonly Realisation[] = [
  {
    values: ['cheap'],
    ways: [
      `(?:less|lower|cheaper|fewer|lesser|not more|no more) (?:than|then|that) ${twenty}`,
      `(?:under|below|beneath|within|up to|maximum of|sub|around or under) (?:the )?${twenty}`,
      `${twenty} (?:or|and) (?:less|under|below|lower|cheaper)`,
    ],
    exact: true,
  },
  {
    values: ['moderate'],
    ways: [`${twenty}(?: ?(?:to|and|through|or|till|until|up to))? ?${twentyFive}`, 'twenties'],
    exact: true,
  },
  {
    values: ['high'],
    ways: [
      `(?:more|higher|greater|upwards?|over|above|exceed(?:s|ing)?|start(?:s|ing)?|at least|excess|minimum|cheapest item is|beginning)(?: (?:than|then|of|from|and|at|is)){0,2} (?:the |a )?${thirty}`,
      `${thirty} (?:or|and|plus)(?: (?:more|over|up|above|upwards?|higher))?`,
      `(?:range|price|prices) (?:is |of |at |around ){0,2}${thirty}`,
    ],
    exact: true,
  },
  {
    values: ['moderate', 'high'],
    ways: ['moderately expensive', 'above average (?:price|prices|priced|price range)', 'higher (?:than|then) average'],
  },
  {
    values: ['cheap', 'moderate'],
    ways: [
      'affordabl[ey]',
      'not (?:that |very |too |so )?(?:expensive|pricey)',
      ...price('reasonabl[ey], fair, fairly, decent, good, great, nice, competitive'),
      'good value',
    ],
  },
  {
    values: ['cheap'],
    ways: [
      'cheap(?:ly|er|est)?',
      'inexpensive(?:ly)?',
      'low(?:er)? cost',
      'low budget',
      'budget friendly',
      ...price('low, lower, lowest, bargain, below average, small'),
    ],
  },
  {
    values: ['moderate', 'high'],
    ways: ['not (?:very |too |so |that )?(?:the )?(?:cheap|cheapest|inexpensive)(?: at all)?'],
  },
  {
    values: ['moderate'],
    ways: [
      ...price(
        'moderate, moderately, medium, mid, mid range, average, averagely, averaged, middle, modest, modestly, normal, standard, middle of the road',
      ),
      'mid ?(?:priced?|ranged?|cost)(?! (?:customer|rat|review))',
    ],
  },
  {
    values: ['high'],
    ways: [
      '(?:expensive|pricey|costly)',
      'high(?:er)? cost',
      'high end',
      'upscale',
      'up ?market',
      ...price('high, higher, highly, highest, steep, premium, upper, top'),
    ],
  },
];
