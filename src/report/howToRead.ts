/** How to read the tables behind the answer. */

export const howSure: string =
  'Test losses in nats per token; a difference is variant less reference, seed by seed. p is that of the paired t test; p (Holm) is ' +
  'adjusted for all comparisons of the same loss, and decides alone what counts as shown. BCa is the bootstrap interval, which does not ' +
  'take values to be normal and is too narrow for few seeds: it decides nothing. d_z is the mean difference in standard deviations of ' +
  'the differences; the smallest d_z seen is what a true difference must be to be shown four times in five, in a comparison of its own ' +
  'and, in brackets, at the strictest level of the correction.';

export const howForgotten: string =
  'Who learns less forgets less: here each run is taken where its validation loss on the target first comes down to the lowest that ' +
  'all seeds of the variant and its reference reach, between two evaluations on a straight line. The frontier holds what no other ' +
  'variant, rate or moment of training beats in one of the two validation losses without losing in the other, in means over seeds.';
