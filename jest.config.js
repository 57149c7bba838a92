/** Jest 30 as ESM: run it by `npm test`, or with NODE_OPTIONS=--experimental-vm-modules. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // PostgreSQL is started by the first test file that asks for a database; pure tests never start it.
  globalSetup: './test/support/setup.js',
  globalTeardown: './test/support/teardown.js',
  setupFilesAfterEnv: ['./test/support/time-zone-setup.ts'],
  testTimeout: 60_000,
  maxWorkers: 2,
  // Modules of a test file are never let go of by the process that ran it, and R4's definitions are 100 MB of them: it makes way for a new one.
  workerIdleMemoryLimit: '1GB',
  watchPathIgnorePatterns: ['<rootDir>/.keyplan', '<rootDir>/dist'],
}
