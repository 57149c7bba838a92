/** Thrown where a snapshot cannot be made; `element` is the id of the element at fault, in the differential of `profile`. */
export class SnapshotFault extends Error {
  readonly profile: string
  readonly element: string
  /** The canonical address of the definition that would have to be loaded first, where that is what is wrong. */
  readonly missing: string | undefined
  constructor(profile: string, element: string, why: string, missing?: string) {
    super(`${profile}, element ${element}: ${why}`)
    this.name = 'SnapshotFault'
    this.profile = profile
    this.element = element
    this.missing = missing
  }
}
