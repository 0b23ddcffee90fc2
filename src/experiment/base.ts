/** Where an experiment's pretrained network comes from. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Checkpoint, openCheckpoint } from '../checkpoint/folder.ts';
import { loadTokenizer, type Tokenizer } from '../checkpoint/tokenizer.ts';
import { smallWorldSentences } from '../data/smallWorld/sentences.ts';
import { RequestError } from '../errors.ts';
import { architectureOf } from '../families/index.ts';
import { type SiteInfo, sitesOf } from '../families/sites.ts';
import { checkNames, shown } from '../optionNames.ts';

export interface BaseSource {
  /** Goes into plans and records, beside the hashes of what was opened; holds no path. */
  readonly spec: { readonly type: string; readonly name: string };
  /** Throws a RequestError that says what is missing or broken. */
  open(): OpenBase;
}

/** Close the checkpoint when done. */
export interface OpenBase {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
}

/** A checkpoint in Hugging Face's layout: config.json, safetensors, tokenizer.json. */
export function huggingFace(folder: string): BaseSource {
  return folderBase('huggingFace', folder);
}

const embedded = fileURLToPath(new URL('../../results/bases/small-world', import.meta.url));
/** Of the bases that come with this package. */
export const widths = [48, 96, 192] as const;

/** Hidden width of a base that comes with this package; each is pretrained alike. */
export interface SmallWorldOptions {
  readonly width?: (typeof widths)[number];
}

/** The base that comes with this package, pretrained on `smallWorld.sentences()`: a small decoder that knows a small world. */
export const smallWorld: ((options?: SmallWorldOptions) => BaseSource) & {
  readonly sentences: typeof smallWorldSentences;
} = Object.assign(
  (options: SmallWorldOptions = {}) => {
    checkNames('smallWorld', options, ['width']);
    const { width = 96 } = options;
    if (!widths.includes(width))
      throw new RequestError(`smallWorld: width must be ${widths.join(', ')}, not ${shown(width)}`);
    return folderBase('smallWorld', width === 96 ? embedded : `${embedded}-${width}`);
  },
  { sentences: smallWorldSentences },
);

function folderBase(type: string, folder: string): BaseSource {
  return {
    spec: { type, name: path.basename(path.resolve(folder)) },
    open: () => ({ checkpoint: openCheckpoint(folder), tokenizer: loadTokenizer(folder) }),
  };
}

/** The places of a base, from its config alone. */
export const sitesIn = ({ checkpoint }: OpenBase): readonly SiteInfo[] => sitesOf(architectureOf(checkpoint.config));

/** The same of one that is not open. */
export function readSites(source: BaseSource): readonly SiteInfo[] {
  const opened = source.open();
  try {
    return sitesIn(opened);
  } finally {
    opened.checkpoint.close();
  }
}
