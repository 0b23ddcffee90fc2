/**
 * Where @huggingface/tokenizers 0.2.0 differs from the reference implementation (the Rust library of the same name) and its parts can be
 * told: found by comparing both on texts of every script. What stays are characters newer than the reference's Unicode tables.
 */
import type { Tokenizer as Library } from '@huggingface/tokenizers';

/** The part of the library's normalizers and decoders that is touched. */
interface Part {
  readonly config?: { readonly type?: string };
  readonly normalizers?: readonly Part[];
  readonly decoders?: readonly Part[];
  text_decoder?: { decode(bytes: Uint8Array): string };
  tokenize_chinese_chars?: (text: string) => string;
}

export function mend(library: Library): void {
  everyPart(library.normalizer as Part | null, splitIdeographs);
  everyPart(library.decoder as Part | null, decodeBytes);
}

function everyPart(part: Part | null, change: (part: Part) => void): void {
  if (!part) return;
  change(part);
  for (const inner of [...(part.normalizers ?? []), ...(part.decoders ?? [])]) everyPart(inner, change);
}

/** Ideographs as BERT has them, each a word of its own. The library knows those of 16 bits only. */
const ideograph =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

function splitIdeographs(part: Part): void {
  if (part.config?.type === 'BertNormalizer')
    part.tokenize_chinese_chars = (text) => text.replaceAll(ideograph, ' $& ');
}

/**
 * Bytes from byte tokens (`<0xEF>`): the reference gives one U+FFFD for each byte of a run that is not valid UTF-8, and keeps a byte order
 * mark; the library gives one per broken character and swallows the mark.
 */
function decodeBytes(part: Part): void {
  if (part.config?.type !== 'ByteFallback' || !part.text_decoder) return;
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  part.text_decoder = {
    decode(bytes) {
      try {
        return utf8.decode(bytes);
      } catch {
        return '\ufffd'.repeat(bytes.length);
      }
    },
  };
}
