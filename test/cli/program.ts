/** The program from its sources, for tests that need it as a process: node --import tsx test/cli/program.ts … */
import { main } from '../../src/cli/main.ts';

await main(process.argv);
