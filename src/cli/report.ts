import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { readEvidence } from '../claims/readEvidence.ts';
import { isWeighed, weighClaims } from '../claims/weigh.ts';
import { RequestError } from '../errors.ts';
import { packageFolder } from '../experiment/define.ts';
import { paperFigures } from '../inspect/paperFigures.ts';
import type { ReportedExperiment } from '../report/main/experiments.ts';
import { type MainReportFiles, writeMainReport } from '../report/mainReport.ts';
import { type ReportFiles, readContent, writeContent } from '../report/report.ts';
import { hasRecords, isStore } from '../results/store.ts';

/** What `report --json` prints. */
export interface Reported {
  /** Of each experiment, in the order of their folders. */
  experiments: ReportFiles[];
  /** Null where the folder is that of one experiment. */
  main: MainReportFiles | null;
}

/** The verb `report <folder>`: charts and tables from the run records alone. */
export function reportCommand(): Command {
  return new Command('report')
    .description('Make charts and tables from the run records alone')
    .argument('<folder>', 'folder of one experiment, or of several: then their main report is written too')
    .option('--json', 'print the files that were written as JSON')
    .addHelpText('after', '\nExamples:\n  adapterlab report results/rank-sweep\n  adapterlab report results')
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const say = (line: string): void => (json ? undefined : console.log(line));
      const all = experimentFolders(folder);
      const reported = isStore(folder)
        ? { experiments: [await reportOne(folder, say)], main: null }
        : await reportAll(folder, all, say);
      if (json) console.log(JSON.stringify(reported, null, 2));
    });
}

async function reportOne(folder: string, say: (line: string) => void): Promise<ReportFiles> {
  const files = await writeContent(folder, readContent(folder));
  say(`report: ${files.html}`);
  return files;
}

/** All is read before anything is written, so that a broken record leaves every report as it was. */
async function reportAll(folder: string, all: readonly string[], say: (line: string) => void): Promise<Reported> {
  const begun = all.filter(hasRecords);
  for (const empty of all.filter((one) => !begun.includes(one))) say(`no run yet, left out: ${empty}`);
  if (begun.length === 0)
    throw new RequestError(`no experiment in ${folder} has a run yet; make some with \`run\`: ${all.join(', ')}`);
  const read = begun.map((one): ReportedExperiment => ({ folder: path.basename(one), content: readContent(one) }));
  const evidence = readEvidence(folder, read, paperFigures(path.join(packageFolder, 'docs', 'memory')));
  const claims = isWeighed(evidence) ? weighClaims(evidence) : [];
  const experiments: ReportFiles[] = [];
  for (const { folder: name, content } of read) {
    const files = await writeContent(path.join(folder, name), content);
    say(`report: ${files.html}`);
    experiments.push(files);
  }
  const main = writeMainReport(folder, read, claims);
  say(`main report: ${main.html}`);
  return { experiments, main };
}

/** The folder itself if it is an experiment's, else those in it that are. RequestError where there is none. */
export function experimentFolders(folder: string): string[] {
  if (!existsSync(folder))
    throw new RequestError(`there is no folder ${folder}; name one that \`run\` wrote its results to`);
  if (!statSync(folder).isDirectory())
    throw new RequestError(`${folder} is a file; name the folder that \`run\` wrote its results to`);
  if (isStore(folder)) return [folder];
  const entries = readdirSync(folder, { withFileTypes: true }).map((entry) => path.join(folder, entry.name));
  const found = entries.filter(isStore).sort();
  if (found.length === 0)
    throw new RequestError(
      `${folder} holds no results: neither it nor a folder in it has a plan.json, or records in \`runs\`; name one that \`run\` made`,
    );
  return found;
}
