import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { claimsHeadline, claimsHtml } from '../../../src/report/claims/page.ts';
import type { ClaimVerdict } from '../../../src/report/claims/verdict.ts';
import { someClaims } from './someClaims.ts';

describe('the page of claims', () => {
  const page = claimsHtml(someClaims);

  it('has a row for each claim, in the order of their numbers, with its verdict and why', () => {
    const rows = [...page.matchAll(/<tr id="claim-(\d+)" data-verdict="([^"]*)">/g)].map(([, number]) =>
      Number(number),
    );
    expect(rows).toEqual([1, 2, 3, 4, 5, 6]);
    expect(page).toContain('<b class="verdict">no difference shown</b>');
    expect(page).toContain('a &#60;i&#62; source');
    expect(page).toContain('✗</span> a &#60;b&#62; sentence');
    expect(page).toContain('·</span> a remark');
  });

  it('links to files beside it and to nothing else', () => {
    expect([...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
      'index.html',
      'equal-footing/report/report.html#show=LoRA',
    ]);
    expect(page).toContain('outside');
    expect(page).not.toMatch(/javascript:|https?:\/\//);
  });

  it('runs its own script and no other', () => {
    const scripts = [...page.matchAll(/<script>([^]*?)<\/script>/g)].map(([, code]) => code);
    expect(scripts).toHaveLength(1);
    const hash = createHash('sha256').update(scripts[0]).digest('base64');
    expect(page).toContain(`default-src 'none'; script-src 'sha256-${hash}';`);
  });

  it('says in one line how many have each verdict', () => {
    expect(claimsHeadline(someClaims)).toBe(
      'Of 6 claims, 2 hold, 1 fails, 1 is mixed, for 1 no difference is shown, 1 was not measured.',
    );
    expect(claimsHeadline([] as ClaimVerdict[])).toBe('No claim has been weighed yet.');
  });
});
