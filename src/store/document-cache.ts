/** One edition of what is sent of a person, which never changes: the summary, or the tombstone. */
export type KnownDocument = Readonly<{
  patient: string
  state: 'current' | 'withdrawn'
  epoch: number
  sequence: number
  document: Buffer
}>

/** The documents that were sent last: the same one goes to every recipient of a person, at about the same time. */
export type DocumentCache = Readonly<{
  get(patient: string, state: KnownDocument['state']): KnownDocument | undefined
  put(known: KnownDocument): void
}>

const keyOf = (patient: string, state: string): string => `${state} ${patient}`

export const createDocumentCache = (mostBytes = 64_000_000): DocumentCache => {
  const known = new Map<string, KnownDocument>()
  let bytes = 0
  const drop = (key: string): void => {
    bytes -= known.get(key)?.document.length ?? 0
    known.delete(key)
  }
  return {
    get: (patient, state) => known.get(keyOf(patient, state)),
    put(document) {
      const key = keyOf(document.patient, document.state)
      drop(key)
      known.set(key, document)
      bytes += document.document.length
      for (const oldest of known.keys()) {
        if (bytes <= mostBytes) break
        drop(oldest)
      }
    },
  }
}
