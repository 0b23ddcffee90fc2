/** What the records say of a claim. */
export const claimVerdicts = ['holds', 'fails', 'mixed', 'no difference shown', 'not measured'] as const;

export interface ClaimVerdict {
  /** Its number in the list of claims. */
  number: number;
  /** The claim as it is made. */
  claim: string;
  verdict: (typeof claimVerdicts)[number];
  /** Why, with the numbers: what each source says, in the order of the claim's questions. */
  why: ClaimPart[];
  /** Where to look: reports, charts, records, relative to the page. */
  evidence: { text: string; href: string }[];
}

export interface ClaimPart {
  /** An experiment, with the size of its network and the number of its seeds; or what else was looked at. */
  source: string;
  findings: ClaimFinding[];
}

/** Of one question of a claim: only many of them can be mixed. */
export type Outcome = Exclude<ClaimVerdict['verdict'], 'mixed'>;

/** One question of a claim, answered. */
export interface ClaimFinding {
  /** Null for a remark, which decides nothing. */
  outcome: Outcome | null;
  sentence: string;
}

const marks: Record<Outcome, string> = {
  holds: '✓',
  fails: '✗',
  'no difference shown': '=',
  'not measured': '–',
};

/** One character before a finding: whether it speaks for the claim (✓), against it (✗), neither (=), was not measured (–), or decides nothing (·). */
export const markOf = ({ outcome }: ClaimFinding): string => (outcome === null ? '·' : marks[outcome]);
