import { type Claim, from } from '../claim.ts';
import { bestOf } from '../evidence.ts';
import { direction } from '../finding.ts';
import { less, lossOf } from '../seedValues.ts';

const single = ['q', 'k', 'v', 'o'];
const spread = ['q, v', 'attention'];

export const whichModules: Claim = {
  number: 8,
  claim:
    'For the same number of parameters, queries and values (or all of attention at a lower rank) learn better than a single kind of map at a higher rank.',
  sections: [
    from('which-modules', (experiment) =>
      spread.flatMap((several) =>
        single.map((one) =>
          direction(
            `target test loss, ${several} less ${one} alone`,
            less(lossOf(bestOf(experiment, several)), lossOf(bestOf(experiment, one))),
            'below',
          ),
        ),
      ),
    ),
  ],
};
