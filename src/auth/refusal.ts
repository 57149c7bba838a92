type ErrorCode = 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type' | 'invalid_scope'

/** What ends a token request; `check` is for the log alone. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly check: string

  constructor(code: ErrorCode, check: string, description: string) {
    super(description)
    this.code = code
    this.check = check
  }
}

/** The same words whichever check failed, so that a guesser learns nothing; the log has the check. */
export const notAuthenticated = (check: string): Refusal =>
  new Refusal(
    'invalid_client',
    check,
    'Client authentication failed. The service knows why: ask its operator, with the time of this request.',
  )

export const badRequest = (check: string, description: string): Refusal =>
  new Refusal('invalid_request', check, description)
