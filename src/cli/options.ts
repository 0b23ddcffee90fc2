import { Option } from 'commander';

export const engineOption = (): Option =>
  new Option('--engine <name>', 'tensorflow, wasm or cpu; by default ADAPTERLAB_ENGINE, else the best available');
