import { row } from '../markdown.ts';
import { type ClaimVerdict, whyText } from './verdict.ts';

/** Claims with their verdicts as a table in Markdown, in the order given; without the links to the data, which lead from the page of claims. */
export function claimsTable(claims: readonly ClaimVerdict[]): string {
  const rows = claims.map((one) => [`${one.number}. ${one.claim}`, one.verdict, whyText(one)]);
  return [['claim', 'verdict', 'why'], ['---', '---', '---'], ...rows].map(row).join('\n');
}
