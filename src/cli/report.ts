import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { RequestError } from '../errors.ts';
import { type ReportFiles, writeReport } from '../report/report.ts';
import { isStore } from '../results/store.ts';

/** The verb `report <folder>`: charts and tables from the run records alone. */
export function reportCommand(): Command {
  return new Command('report')
    .description('Make charts and tables from the run records alone')
    .argument('<folder>', 'folder of one experiment, or a results folder with several')
    .option('--json', 'print the files that were written as JSON')
    .addHelpText('after', '\nExample:\n  adapterlab report results/e2e-nlg')
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const written: ReportFiles[] = [];
      for (const experiment of experimentFolders(folder)) {
        const files = await writeReport(experiment);
        written.push(files);
        if (!json) console.log(`report: ${files.html}`);
      }
      if (json) console.log(JSON.stringify(written, null, 2));
    });
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
      `${folder} holds no results: neither it nor a folder in it has a plan.json; name one that \`run\` made`,
    );
  return found;
}
