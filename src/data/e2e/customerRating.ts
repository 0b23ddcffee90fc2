/** How customer ratings are said, in words or out of five. */
import { any, beside, type Realisation } from './realisation.ts';

const ratings = any(
  'ratings?, rated?, rates, rank(?:s|ed|ing|ings)?, reviews?, reviewed, scor(?:es?|ed|ing), satisfaction, approval, feedback, opinions?, ' +
    'recommended, recommendations?, reputation, regarded, remarks, marks',
);
const besideRating = any(
  'a, an, the, its, his, their, of, in, is, are, was, been, has, have, having, as, at, by, from, on, with, for, to, be, being, it, they, very, only, ' +
    'just, quite, fairly, rather, really, pretty, overall, customers?, users?, guests?, consumers?, public, patrons, diners, quality, service, ' +
    'satisfaction, experience, restaurant, scores?, ratings?, rated, range, level, given, received, place, venue, which, that, @name, :',
);
const rating = (levels: string): readonly string[] => beside(levels, ratings, besideRating, '(?:pric|cost)');
const outOfFive = (digit: string): readonly string[] => [
  `${digit} ?(?:stars?,? )?(?:out (?:of )?|of |our of |in |to )(?:a (?:possible|total|maximum) )?(?:5|five)`,
  `${digit} (?:customer )?(?:stars?|starred|5)`,
  `(?:rating|ratings|rated|score|scored) (?:of |is |as |at |a |an |only |just |: ){0,3}${digit}(?= [^0-9])`,
];

export const customerRating: readonly Realisation[] = [
  { values: ['low'], ways: outOfFive('(?:1|one)'), exact: true },
  { values: ['average'], ways: outOfFive('(?:3|three)'), exact: true },
  { values: ['high'], ways: outOfFive('(?:5|five)'), exact: true },
  {
    values: ['low'],
    ways: [
      '(?:not|isnt|arent|doesnt have|dont have|does not have|do not have) (?:a |an |the |very |so |that |particularly |been |be |have ){0,2}(?:highly|high|good|great|well)(?: customer| user)? (?:rat(?:ed|ings?)|review(?:ed|s)|recommended|regarded)',
      ...rating(
        '(?:lower|less) than average, lows?, lower, lowest, lowly, poor, poorly, bad, badly, terrible, negative, awful, below average, unfavou?rable, not good',
      ),
    ],
  },
  {
    values: ['average', 'high'],
    ways: rating('good, above average, decent, well, nice, solid, favou?rable, positive, popular, pretty good'),
  },
  {
    values: ['average'],
    ways: rating(
      'averages?, averagely, averaged, mediocre, moderate, moderately, medium, fair, fairly, ok, okay, mixed, middle, mid(?: range)?, reasonable, satisfactory, acceptable',
    ),
  },
  {
    values: ['high'],
    ways: rating(
      'high, highly, higher, highest, excellent, great, top, best, perfect, superb, outstanding, exceptional, fantastic, amazing, wonderful, very good, brilliant',
    ),
  },
];
