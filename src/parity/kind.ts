/** A kind of reference case: how its cases are found, what `--only` chooses them by, and how one is checked. */
import type { CaseFolder } from './caseFolder.ts';
import type { CaseKind, Deviation } from './caseResult.ts';

export interface CheckRequest {
  /** Of a case of several types, those to compare; all of them when null. */
  readonly only: readonly string[] | null;
  /** Folder for what a run has trained; null writes nothing. */
  readonly exportTo: string | null;
}

export interface Checked {
  readonly deviations: { readonly [what: string]: Deviation };
  /** Something about the case that may explain a deviation; shown when it fails. */
  readonly remark?: string;
}

export interface Kind {
  readonly kind: CaseKind;
  /**
   * Paths of this kind's cases right in a folder: the folder itself, or files in it. What cannot be read counts as the case that it
   * seems to be, so that checking it says what is wrong.
   */
  find(folder: CaseFolder): readonly string[];
  /** What `--only` may name of this kind, whether a case of it is there or not. */
  readonly knownTypes: readonly string[];
  /** What `--only` knows a case by; throws where it cannot be read. */
  types(path: string): readonly string[];
  /** Compares everything that the case holds. Throws Unsupported for what is not there, any other error for a case that cannot be read. */
  check(path: string, request: CheckRequest): Checked;
}
