/**
 * A person's own texts from a file. `.txt`: the whole file is one text, or what stands between blank lines is one each. `.jsonl`: a
 * JSON object a line, { "text" }, { "prompt", "completion" } or { "messages" }.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RequestError } from '../../errors.ts';
import { shown } from '../../optionNames.ts';

/** One entry of the file. */
export type TextEntry = PlainText | Completion | Chat;

/** Learnt from its first token to its last. */
export interface PlainText {
  readonly type: 'text';
  readonly text: string;
}

/** Of which the completion is learnt. */
export interface Completion {
  readonly type: 'completion';
  readonly prompt: string;
  readonly completion: string;
}

/** Of which the last message is learnt. */
export interface Chat {
  readonly type: 'chat';
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** What is one text of a .txt file. */
export type Documents = 'file' | 'blank-lines';
export const documentKinds: readonly Documents[] = ['file', 'blank-lines'];

/** At least one. Throws a RequestError that names the file, and the line of a .jsonl file, for what cannot be read. */
export function readTextFile(file: string, documents: Documents = 'file'): TextEntry[] {
  const ending = path.extname(file).toLowerCase();
  if (ending !== '.txt' && ending !== '.jsonl')
    throw new RequestError(`${file}: expected plain text in a .txt file or JSON lines in a .jsonl file`);
  const text = readText(file);
  const entries = ending === '.txt' ? plainTexts(text, documents) : jsonLines(text, file);
  if (entries.length === 0) throw new RequestError(`${file}: there is no text in it`);
  return entries;
}

function readText(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new RequestError(`${file}: cannot be read: ${(error as Error).message}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch {
    throw new RequestError(`${file}: not UTF-8 text; convert it, for example with iconv`);
  }
}

function plainTexts(text: string, documents: Documents): TextEntry[] {
  const texts = documents === 'file' ? [text] : text.split(/\n(?:[^\S\n]*\n)+/).map((part) => part.trim());
  return texts.filter((part) => part.trim() !== '').map((part) => ({ type: 'text', text: part }));
}

function jsonLines(text: string, file: string): TextEntry[] {
  return text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [entryOf(line, `${file}, line ${i + 1}`)]));
}

const forms = 'expected { "text" }, { "prompt", "completion" } or { "messages" }';

function entryOf(line: string, where: string): TextEntry {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new RequestError(`${where}: not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RequestError(`${where}: ${forms}, found ${shown(value)}`);
  const entry = value as { readonly [key: string]: unknown };
  const has = (key: string): boolean => entry[key] !== undefined;
  if (has('messages')) return { type: 'chat', messages: messagesOf(entry.messages, where) };
  if (has('prompt') || has('completion')) {
    const completion = textAt(entry, 'completion', where);
    if (completion.trim() === '') throw new RequestError(`${where}: "completion" is empty: there is nothing to learn`);
    return { type: 'completion', prompt: textAt(entry, 'prompt', where), completion };
  }
  if (has('text')) {
    const text = textAt(entry, 'text', where);
    if (text.trim() === '') throw new RequestError(`${where}: "text" is empty`);
    return { type: 'text', text };
  }
  throw new RequestError(`${where}: ${forms}, found the keys ${Object.keys(entry).join(', ') || 'of nothing'}`);
}

function textAt(entry: { readonly [key: string]: unknown }, key: string, where: string): string {
  const value = entry[key];
  if (typeof value === 'string') return value;
  throw new RequestError(`${where}: "${key}" should be a text, not ${value === undefined ? 'missing' : shown(value)}`);
}

function messagesOf(value: unknown, where: string): Chat['messages'] {
  if (!Array.isArray(value) || value.length === 0)
    throw new RequestError(`${where}: "messages" should be a list of { "role", "content" }, not ${shown(value)}`);
  const messages = value.map((message: unknown, i) => {
    const at = `${where}, message ${i + 1}`;
    if (typeof message !== 'object' || message === null) throw new RequestError(`${at}: not an object`);
    const given = message as { readonly [key: string]: unknown };
    return { role: textAt(given, 'role', at), content: textAt(given, 'content', at) };
  });
  if (messages.at(-1)!.role !== 'assistant')
    throw new RequestError(`${where}: the last of "messages" should be the assistant's, which is what is learnt`);
  return messages;
}
