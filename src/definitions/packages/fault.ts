/** Thrown where a package is refused whole; nothing of it has been kept. `code` is stable. */
export class PackageFault extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'PackageFault'
    this.code = code
  }
}
