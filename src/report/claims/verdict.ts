/** What the records say of a claim. */
export const claimVerdicts = ['holds', 'fails', 'mixed', 'no difference shown', 'not measured'] as const;

export interface ClaimVerdict {
  /** Its number in the list of claims. */
  number: number;
  /** The claim as it is made. */
  claim: string;
  verdict: (typeof claimVerdicts)[number];
  /** Why, with the numbers. */
  sentence: string;
  /** Where to look: reports, charts, records, relative to the page. */
  evidence: { text: string; href: string }[];
}
