import { row } from '../markdown.ts';
import type { ClaimVerdict } from './verdict.ts';

/** Claims with their verdicts as a table in Markdown, in the order given; without the links to the data, which lead from the page of claims. */
export function claimsTable(claims: readonly ClaimVerdict[]): string {
  const rows = claims.map(({ number, claim, verdict, sentence }) => [`${number}. ${claim}`, verdict, sentence]);
  return [['claim', 'verdict', 'why'], ['---', '---', '---'], ...rows].map(row).join('\n');
}
