/** The network that a verb works on: a person's own folder, or the base of this package. */
import path from 'node:path';
import { type ChatTemplate, loadChatTemplate } from '../checkpoint/chatTemplate.ts';
import { type Checkpoint, openCheckpoint } from '../checkpoint/folder.ts';
import { loadTokenizer, type Tokenizer } from '../checkpoint/tokenizer.ts';
import { RequestError } from '../errors.ts';
import { smallWorld } from '../experiment/base.ts';
import { taskOf, type TransformerArchitecture } from '../families/architecture.ts';
import { familyOf } from '../inspect/modelShape.ts';

export interface OwnModel {
  readonly name: string;
  /** What an adapter says its base is: the folder as it was given. */
  readonly reference: string;
  readonly checkpoint: Checkpoint;
  readonly architecture: TransformerArchitecture;
  /** What its family is called. */
  readonly type: string;
}

/** What adapters of the base of this package say that it is. */
const embedded = 'adapterlab:small-world';

/** Close its checkpoint when done. A RequestError that says what is missing or broken. */
export function openOwnModel(folder: string | undefined): OwnModel {
  const checkpoint = folder === undefined ? smallWorld().open().checkpoint : openCheckpoint(folder);
  try {
    const name = path.basename(path.resolve(checkpoint.folder));
    return { name, reference: folder ?? embedded, checkpoint, ...familyOf(checkpoint.config) };
  } catch (error) {
    checkpoint.close();
    throw error;
  }
}

/** A network that writes text, with what makes text of it. */
export interface LanguageModel extends OwnModel {
  readonly tokenizer: Tokenizer;
  /** Null where the folder has no template. */
  readonly chat: ChatTemplate | null;
}

/** The same with its tokenizer. A RequestError for a network of another kind, or a tokenizer that is missing or another's. */
export function languageModel(own: OwnModel): LanguageModel {
  const { name, architecture, checkpoint } = own;
  const task = taskOf(architecture);
  if (task !== 'causal-lm')
    throw new RequestError(`${name} is made for ${task}; this needs a model that predicts the next token (causal-lm)`);
  const tokenizer = loadTokenizer(checkpoint.folder);
  if (tokenizer.size > architecture.vocabulary)
    throw new RequestError(
      `${checkpoint.folder}: the tokenizer has ${tokenizer.size} tokens, but the model knows ${architecture.vocabulary}: they do not belong together`,
    );
  return { ...own, tokenizer, chat: loadChatTemplate(checkpoint.folder) };
}
