/**
 * What is wrong with an expression, or with what it was evaluated on. `position` is the offset in the expression where that can be said.
 * `kind`: `syntax`, `unknown` (a function or variable that does not exist) and `not-supported` (a function that this engine does not have) come when
 * it is compiled; `value` when what it finds is not of the kind or number that it needs; `too-costly` when it takes more steps than it has.
 */
export class FhirPathFault extends Error {
  readonly kind: 'syntax' | 'unknown' | 'not-supported' | 'value' | 'too-costly'
  readonly position: number | undefined

  constructor(kind: FhirPathFault['kind'], message: string, position?: number) {
    super(message)
    this.name = 'FhirPathFault'
    this.kind = kind
    this.position = position
  }
}
