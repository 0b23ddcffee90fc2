import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadChatTemplate } from '../../src/checkpoint/chatTemplate.ts';
import { RequestError } from '../../src/errors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = (content: object): void =>
  writeFileSync(path.join(folder, 'tokenizer_config.json'), JSON.stringify(content));

const talk = [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: ' Ho ' },
];
const template = '{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content | trim }}\n{% endfor %}';

test('makes one text of a conversation, and begins the answer when asked', () => {
  config({
    bos_token: { content: '<s>' },
    chat_template: `${template}{% if add_generation_prompt %}[assistant]{% endif %}`,
  });
  const render = loadChatTemplate(folder)!;
  expect(render(talk)).toBe('<s>[user] Hi\n[assistant] Ho\n');
  expect(render(talk.slice(0, 1), { ask: true })).toBe('<s>[user] Hi\n[assistant]');
});

test('knows every special token that the configuration names', () => {
  const names = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];
  config({
    ...Object.fromEntries(names.map((name, i) => [name, `<${i}>`])),
    chat_template: names.map((name) => `{{ ${name} }}`).join(''),
  });
  expect(loadChatTemplate(folder)!(talk)).toBe('<0><1><2><3><4><5><6>');
});

test('takes the default of several, and the file before the configuration', () => {
  config({
    chat_template: [
      { name: 'tool', template: 'tool' },
      { name: 'default', template: 'default' },
    ],
  });
  expect(loadChatTemplate(folder)!(talk)).toBe('default');
  writeFileSync(path.join(folder, 'chat_template.jinja'), 'file');
  expect(loadChatTemplate(folder)!(talk)).toBe('file');
});

test('a token that the configuration does not name is nothing', () => {
  config({ chat_template: `${template}{{ eos_token }}` });
  expect(loadChatTemplate(folder)!([])).toBe('');
});

test('a folder without one has none', () => {
  expect(loadChatTemplate(folder)).toBeNull();
  config({ chat_template: [{ name: 'tool', template: 'tool' }] });
  expect(loadChatTemplate(folder)).toBeNull();
});

test('a template that is broken or refuses the conversation says so', () => {
  config({ chat_template: '{% for m in messages %}' });
  expect(() => loadChatTemplate(folder)).toThrow(RequestError);
  expect(() => loadChatTemplate(folder)).toThrow(/its chat template cannot be used/);
  config({ chat_template: "{{ raise_exception('roles must alternate') }}" });
  expect(() => loadChatTemplate(folder)!(talk)).toThrow(/cannot be used: roles must alternate/);
});
