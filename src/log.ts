import { type DestinationStream, type Logger, pino } from 'pino'

/** Structured log lines. Callers give codes, counts and ids; never a name, an identifier of a person or a resource's content. */
export type Log = Logger

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/**
 * What may be said about an error in a log line. Messages of PostgreSQL and of the JSON parser quote the data that they met, so
 * of these only code, constraint and place are kept.
 */
export const describeError = (error: unknown, depth = 0): Record<string, unknown> => {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, routine, constraint, table, cause } = error as Error & Record<string, unknown>
  const quotesData = routine !== undefined || error instanceof SyntaxError
  return {
    type: error.name,
    ...(quotesData ? {} : { message: error.message }),
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(table === undefined ? {} : { table }),
    stack: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .join('\n'),
    ...(cause === undefined || depth === 4 ? {} : { cause: describeError(cause, depth + 1) }),
  }
}

/** A logger of JSON lines, to standard output unless told otherwise. Errors go under the key `err`. */
export const createLog = (level: LogLevel = 'info', destination?: DestinationStream): Log => {
  const options = {
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => describeError(error) },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
