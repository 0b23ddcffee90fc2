/** How claims are judged, for the page and its Markdown; docs/claims.md says the same. */
export const rulesOfJudgement: readonly string[] = [
  'A verdict speaks of the experiments named, on the small networks and tasks that they ran, and of no more.',
  'Claimed directions: the mean over seeds, paired by seed, must lie on the claimed side with a p of at most 0.05 (t test, two-sided) after Holm’s correction over all directions of that claim. The same on the other side is “fails”; anything else is “no difference shown”.',
  'Claims of likeness (as good as, flat, saturated): the whole interval of the mean must lie within a margin that is stated, by itself the smaller of 1 % of what the reference gains on the base and 10 % of the loss that is left to the reference; “fails” needs the whole interval beyond it. Intervals have 95 %, stricter where a claim asks several times (Bonferroni).',
  'What no chance is in (counts, bytes, equality to the bit, the rounding of one base) is read off all records, and one exception is “fails”. What a test shows of every version is said to be from a test.',
  'A claim with parts holds where all of them do; it is mixed where some hold and others do not, or were not measured; it fails where none holds and some fail.',
  'Every variant is taken at its own best rate, chosen on validation data; scores are of test data unless it says validation.',
];
