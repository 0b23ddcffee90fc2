/** What a checkpoint holds beyond the network that its config.json describes. */
import { RequestError } from '../errors.ts';
import type { Architecture } from './architecture.ts';
import { sitesOf } from './sites.ts';
import { storedName } from './storedName.ts';

/**
 * A RequestError where tensors are left that are neither read nor known to be none of the network: buffers, and heads of other tasks.
 * A config.json of fewer layers than the weights have would otherwise be another network without a word.
 */
export function checkUnread(
  architecture: Architecture,
  checkpoint: { names(): readonly string[]; has(tensor: string): boolean },
): void {
  const { names, tied } = architecture;
  const read = new Set(sitesOf(architecture).map(({ tensor }) => storedName(tensor, names.stored, checkpoint)));
  const known = [
    ...names.stored.ignored,
    ...(tied ? [new RegExp(`^${names.head.replaceAll('.', '\\.')}\\.weight$`)] : []),
  ];
  const left = checkpoint
    .names()
    .filter((tensor) => !read.has(tensor) && !known.some((pattern) => pattern.test(tensor)));
  if (left.length === 0) return;
  const more = left.length > 3 ? ` and ${left.length - 3} more` : '';
  throw new RequestError(
    `config.json does not account for ${left.slice(0, 3).join(', ')}${more}, which the weights hold: config.json and weights are not of the same model`,
  );
}
