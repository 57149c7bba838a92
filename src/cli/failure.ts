import { ConfigError } from '../config.ts'

const isUsageError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('ERR_PARSE_ARGS')

/** Says on standard error why a command ended, and answers its exit code: 2 for options and settings that must be changed, otherwise 1. */
export const reportFailure = (command: string, error: unknown): number => {
  if (isUsageError(error)) {
    // The parser's own hint, on how to give such an argument all the same, leads astray here.
    const what = error.message.split(/\. /)[0]
    process.stderr.write(`keyplan ${command}: ${what}. keyplan ${command} --help lists the options.\n`)
    return 2
  }
  if (error instanceof ConfigError) {
    process.stderr.write(
      `keyplan ${command}: cannot start with these settings.\n${error.findings.map((finding) => `  ${finding}\n`).join('')}`,
    )
    return 2
  }
  process.stderr.write(`keyplan ${command}: ${error instanceof Error ? error.message : String(error)}\n`)
  return 1
}
