/**
 * A conversation as the model's own template writes it, of which the last message is learnt: the labels begin where the template
 * has the answer begin. The template brings the special tokens; none are added around it.
 */
import type { ChatTemplate } from '../../checkpoint/chatTemplate.ts';
import { RequestError } from '../../errors.ts';
import type { Example } from '../task.ts';
import type { TextTokenizer } from '../textTokenizer.ts';
import type { Chat } from './textFile.ts';

/** Prompt and answer as texts. A RequestError for a template that writes the question otherwise when it is answered. */
export function chatExample({ messages }: Chat, template: ChatTemplate): Example {
  const whole = template(messages);
  const prompt = template(messages.slice(0, -1), { ask: true });
  if (!whole.startsWith(prompt))
    throw new RequestError(
      `the chat template does not begin a conversation of ${messages.length} messages as it begins the same without the last, so that its answer cannot be told apart; write "prompt" and "completion" instead`,
    );
  return { prompt, completion: whole.slice(prompt.length), joint: '' };
}

/** For texts in which the special tokens are written out. */
export const asWritten = (tokenizer: TextTokenizer): TextTokenizer => ({ ...tokenizer, bos: null, eos: null });
