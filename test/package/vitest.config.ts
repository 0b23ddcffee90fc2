import { defineConfig } from 'vitest/config';

// Apart from the other tests: it asks the package registry, and takes a minute. `npm run test:package`, and .ci/run.
export default defineConfig({
  test: { include: ['test/package/**/*.spec.ts'], pool: 'forks', testTimeout: 180_000, hookTimeout: 300_000 },
});
