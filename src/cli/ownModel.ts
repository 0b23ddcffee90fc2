/** The network that a verb works on: a person's own folder, or the base of this package. */
import type { Checkpoint } from '../checkpoint/folder.ts';
import type { Tokenizer } from '../checkpoint/tokenizer.ts';
import { inContext, RequestError } from '../errors.ts';
import { huggingFace, smallWorld } from '../experiment/base.ts';
import type { TransformerArchitecture } from '../families/architecture.ts';
import { languageModel } from '../families/index.ts';
import { familyOf } from '../inspect/modelShape.ts';

export interface OwnModel {
  readonly name: string;
  /** What an adapter says its base is: the folder as it was given. */
  readonly reference: string;
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  readonly architecture: TransformerArchitecture;
  /** What its family is called. */
  readonly type: string;
}

/** What adapters of the base of this package say that it is. */
const embedded = 'adapterlab:small-world';

/** Close its checkpoint when done. A RequestError that says what is missing or broken; nothing is written. */
export function openOwnModel(folder: string | undefined): OwnModel {
  const source = folder === undefined ? smallWorld() : huggingFace(folder);
  const { checkpoint, tokenizer } = source.open();
  const { architecture, type } = familyOf(checkpoint.config);
  const { vocabulary } = inContext(`${checkpoint.folder}: `, () => languageModel(architecture));
  if (tokenizer.size > vocabulary)
    throw new RequestError(
      `${checkpoint.folder}: the tokenizer has ${tokenizer.size} tokens, but the model knows ${vocabulary}: they do not belong together`,
    );
  return { name: source.spec.name, reference: folder ?? embedded, checkpoint, tokenizer, architecture, type };
}
