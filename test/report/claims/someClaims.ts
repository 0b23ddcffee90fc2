import type { ClaimVerdict } from '../../../src/report/claims/verdict.ts';

const claim = (number: number, verdict: ClaimVerdict['verdict'], rest: Partial<ClaimVerdict> = {}): ClaimVerdict => ({
  number,
  claim: `LoRA does what is said of it, number ${number}`,
  verdict,
  why: [
    {
      source: 'equal-footing',
      findings: [{ outcome: 'holds', sentence: 'lower by 0.12 nats (0.10 to 0.14), over eight seeds' }],
    },
  ],
  evidence: [],
  ...rest,
});

/** One of every verdict and another, out of order, with text that must not be taken for HTML and links that must not be. */
export const someClaims: readonly ClaimVerdict[] = [
  claim(2, 'fails', {
    why: [
      {
        source: 'a <i> source',
        findings: [
          { outcome: 'fails', sentence: 'a <b> sentence' },
          { outcome: null, sentence: 'a remark' },
        ],
      },
    ],
    evidence: [{ text: 'outside', href: 'https://example.org' }],
  }),
  claim(1, 'holds', { evidence: [{ text: 'equal footing', href: 'equal-footing/report/report.html#show=LoRA' }] }),
  claim(3, 'mixed', { evidence: [{ text: 'a script', href: ' javascript:alert(1)' }] }),
  claim(4, 'no difference shown', { evidence: [{ text: 'a host', href: '//example.org' }] }),
  claim(5, 'not measured'),
  claim(6, 'holds'),
];
