/** A token as tokenizer_config.json names one: plain text, or an object with its text in `content`. Null for anything else. */
export function configToken(token: unknown): string | null {
  if (typeof token === 'object' && token !== null) return configToken((token as { content?: unknown }).content);
  return typeof token === 'string' ? token : null;
}
