/** A reporter of Jest that prints nothing: it tells the process that started Jest (jest.ts) how far it is and what it found. */

const tell = (said) => new Promise((settle) => process.send(said, () => settle()))

/** What the tests of a file wrote to the console. */
const written = (entries) => (entries ?? []).map(({ type, message }) => `console.${type}: ${message}`)

const failureOf = ({ testFilePath, failureMessage, testResults }) => ({
  path: testFilePath,
  message: failureMessage ?? '',
  tests: testResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({ name: fullName, message: failureMessages.join('\n') })),
})

const hasFailed = ({ numFailingTests, testExecError }) => numFailingTests > 0 || testExecError !== undefined

export default class Reporter {
  constructor({ maxWorkers }) {
    this.workers = maxWorkers
  }

  // What Jest expects is what the files took before; nothing where it has not run them yet.
  onRunStart({ numTotalTestSuites }, { estimatedTime }) {
    tell({ kind: 'begun', files: numTotalTestSuites, expected: estimatedTime * this.workers })
  }

  onTestFileResult({ path, duration = 0 }, result) {
    const failed = hasFailed(result)
    tell({
      kind: 'file',
      path,
      expected: duration / 1000,
      seconds: (result.perfStats.end - result.perfStats.start) / 1000,
      ...(failed ? { told: [result.failureMessage, ...written(result.console)].join('\n') } : {}),
    })
  }

  async onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults }) {
    await tell({
      kind: 'ended',
      passed: numPassedTests,
      failed: numFailedTests + numRuntimeErrorTestSuites,
      failures: testResults.filter(hasFailed).map(failureOf),
    })
  }
}
