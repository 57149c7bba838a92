/** Thrown where a snapshot cannot be made; `element` is the id of the element at fault, in the differential of `profile`. */
export class SnapshotFault extends Error {
  readonly profile: string
  readonly element: string
  constructor(profile: string, element: string, why: string) {
    super(`${profile}, element ${element}: ${why}`)
    this.name = 'SnapshotFault'
    this.profile = profile
    this.element = element
  }
}
