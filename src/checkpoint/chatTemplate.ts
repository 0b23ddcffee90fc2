/**
 * The chat template of a Hugging Face folder: Jinja text that makes one text of a conversation, in chat_template.jinja or under
 * `chat_template` of tokenizer_config.json, rendered by @huggingface/jinja with the variables of transformers' apply_chat_template.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Template } from '@huggingface/jinja';
import { RequestError } from '../errors.ts';
import { configToken } from './configToken.ts';
import { readJsonObject } from './jsonObject.ts';

export interface ChatMessage {
  readonly role: string;
  readonly content: unknown;
}

/** The text of a conversation; with `ask`, the beginning of the answer as well (transformers: add_generation_prompt). */
export type ChatTemplate = (messages: readonly ChatMessage[], options?: { readonly ask?: boolean }) => string;

const specialTokens = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

/** Null where the folder has none. A template that cannot be read, or that refuses a conversation, is a RequestError. */
export function loadChatTemplate(folder: string): ChatTemplate | null {
  const configFile = path.join(folder, 'tokenizer_config.json');
  const config = existsSync(configFile) ? readJsonObject(configFile).value : {};
  const file = path.join(folder, 'chat_template.jinja');
  const source = existsSync(file) ? readFileSync(file, 'utf8') : defaultTemplate(config.chat_template);
  if (source === null) return null;
  const unusable = (why: unknown): RequestError =>
    new RequestError(`${folder}: its chat template cannot be used: ${(why as Error).message}`);
  let template: Template;
  try {
    template = new Template(source);
  } catch (error) {
    throw unusable(error);
  }
  const named = specialTokens.map((name) => [name, configToken(config[name])] as const);
  const tokens = Object.fromEntries(named.filter(([, token]) => token !== null));
  return (messages, { ask = false } = {}) => {
    try {
      return template.render({ ...tokens, messages, add_generation_prompt: ask });
    } catch (error) {
      throw unusable(error);
    }
  };
}

/** One template, or a list of named ones of which `default` counts. */
function defaultTemplate(given: unknown): string | null {
  if (typeof given === 'string') return given;
  if (!Array.isArray(given)) return null;
  const templates = given as { readonly name?: unknown; readonly template?: unknown }[];
  const found = templates.find((one) => one?.name === 'default')?.template;
  return typeof found === 'string' ? found : null;
}
