import { browserScript } from '../page/browserScript.ts';
import { pageHtml } from '../page/page.ts';
import { contentSecurityPolicy, escapeHtml, inlineScript } from '../page/policy.ts';
import { pageStyle } from '../page/style.ts';
import { rulesOfJudgement } from './rules.ts';
import { claimsStyle } from './style.ts';
import { type ClaimPart, type ClaimVerdict, claimVerdicts, markOf } from './verdict.ts';

/**
 * A page with the verdict on every claim, in the order of their numbers; a reader may show those of one verdict, or with some
 * words. It needs no other file. An address of evidence is that of a file beside the page, or a fragment: no other is written as a
 * link.
 */
export function claimsHtml(claims: readonly ClaimVerdict[]): string {
  const script = inlineScript(browserScript('claimsPage.js'));
  const sorted = [...claims].sort((a, b) => a.number - b.number);
  return pageHtml({
    title: 'Claims',
    policy: contentSecurityPolicy([script]),
    style: pageStyle + claimsStyle,
    body: `<header>
<h1><a href="index.html">Results</a></h1>
<p class="question">What do the records say of the claims that are made of these methods?</p>
<p class="headline">${escapeHtml(claimsHeadline(claims))}</p>
</header>
<main>
<p class="scripted controls" hidden><label>Verdict <select id="verdict"><option value="">any</option>${options(claims)}</select></label>
<label>Claims with <input type="search" id="filter" placeholder="words" autocomplete="off"></label> <output id="filter-count"></output></p>
<div class="scroll" tabindex="0" role="region" aria-label="Claims"><table id="claims">
<thead><tr><th scope="col">claim</th><th scope="col">verdict</th><th scope="col">why</th></tr></thead>
<tbody>${sorted.map(row).join('\n')}</tbody>
</table></div>
<h2>How a claim is judged</h2>
<ul>${rulesOfJudgement.map((rule) => `<li>${escapeHtml(rule)}</li>`).join('\n')}</ul>
</main>
<script>${script}</script>`,
  });
}

/** `Of 28 claims, 12 hold, 5 fail …`: how many have each verdict. */
export function claimsHeadline(claims: readonly ClaimVerdict[]): string {
  const said: Record<ClaimVerdict['verdict'], (count: number) => string> = {
    holds: (count) => `${count} ${count === 1 ? 'holds' : 'hold'}`,
    fails: (count) => `${count} ${count === 1 ? 'fails' : 'fail'}`,
    mixed: (count) => `${count} ${count === 1 ? 'is' : 'are'} mixed`,
    'no difference shown': (count) => `for ${count} no difference is shown`,
    'not measured': (count) => `${count} ${count === 1 ? 'was' : 'were'} not measured`,
  };
  const parts = claimVerdicts.flatMap((verdict) => {
    const count = claims.filter((claim) => claim.verdict === verdict).length;
    return count > 0 ? [said[verdict](count)] : [];
  });
  if (parts.length === 0) return 'No claim has been weighed yet.';
  return `Of ${claims.length} ${claims.length === 1 ? 'claim' : 'claims'}, ${parts.join(', ')}.`;
}

function options(claims: readonly ClaimVerdict[]): string {
  return claimVerdicts
    .map((verdict) => `${verdict} (${claims.filter((claim) => claim.verdict === verdict).length})`)
    .map((text, index) => `<option value="${claimVerdicts[index]}">${escapeHtml(text)}</option>`)
    .join('');
}

function row({ number, claim, verdict, why, evidence }: ClaimVerdict): string {
  const links = evidence.map(({ text, href }) =>
    isNear(href) ? `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>` : escapeHtml(text),
  );
  return `<tr id="claim-${number}" data-verdict="${verdict}"><th scope="row">${number}. ${escapeHtml(claim)}</th><td><b class="verdict">${verdict}</b></td><td>${why.map(part).join('')}${links.length > 0 ? `<small>${links.join(' · ')}</small>` : ''}</td></tr>`;
}

function part({ source, findings }: ClaimPart): string {
  const items = findings.map(
    (finding) => `<li><span aria-hidden="true">${markOf(finding)}</span> ${escapeHtml(finding.sentence)}</li>`,
  );
  return `<p class="source">${escapeHtml(source)}</p><ul class="findings">${items.join('')}</ul>`;
}

/** Whether an address is relative: no scheme, no other host. */
function isNear(href: string): boolean {
  return !/^[\s/\\]|^[a-z][a-z0-9+.-]*:/i.test(href);
}
