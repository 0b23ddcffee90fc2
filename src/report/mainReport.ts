import path from 'node:path';
import { writeWhole } from '../atomicFile.ts';
import { claimsMarkdown } from './claims/markdown.ts';
import { claimsHtml } from './claims/page.ts';
import type { ClaimVerdict } from './claims/verdict.ts';
import { mainContent } from './main/content.ts';
import type { ReportedExperiment } from './main/experiments.ts';
import { mainMarkdown } from './main/markdown.ts';
import { mainHtml } from './main/page.ts';

/** Files of the main report, as paths. */
export interface MainReportFiles {
  html: string;
  markdown: string;
  /** The page of claims, and the same as Markdown; null where none was weighed. */
  claims: string | null;
  claimsMarkdown: string | null;
}

/** Writes the main report of several experiments into the folder that theirs lie in, and the page of claims where there are any. */
export function writeMainReport(
  folder: string,
  experiments: readonly ReportedExperiment[],
  claims: readonly ClaimVerdict[] = [],
): MainReportFiles {
  const content = mainContent(experiments, claims);
  const to = (name: string): string => path.join(folder, name);
  const files = {
    html: to('index.html'),
    markdown: to('index.md'),
    claims: claims.length > 0 ? to('claims.html') : null,
    claimsMarkdown: claims.length > 0 ? to('claims.md') : null,
  };
  if (files.claims !== null) writeWhole(files.claims, claimsHtml(claims));
  if (files.claimsMarkdown !== null) writeWhole(files.claimsMarkdown, claimsMarkdown(claims));
  writeWhole(files.markdown, mainMarkdown(content));
  writeWhole(files.html, mainHtml(content));
  return files;
}
