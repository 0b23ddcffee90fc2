export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What a part is, in plain JSON: the options given and what follows from them. Equal specs mean the same part. */
export interface Spec {
  readonly type: string;
  readonly [key: string]: Json;
}

/** Every part can write itself into a result file. */
export interface Described {
  readonly spec: Spec;
}
