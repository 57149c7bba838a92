/** One edition of what is sent of a person, which never changes: the summary, or the tombstone. */
export type KnownDocument = Readonly<{
  patient: string
  state: 'current' | 'withdrawn'
  epoch: number
  sequence: number
  document: Buffer
}>

type Edition = Pick<KnownDocument, 'patient' | 'epoch' | 'sequence'>

/** The documents that were sent last: the same one goes to every recipient of a person, at about the same time. */
export type DocumentCache = Readonly<{
  /**
   * For each of these editions, of which every one is known to be committed, its document or that of a later edition; undefined where there is
   * none in this state any more. One that others are reading is waited for and not read again.
   */
  read(state: KnownDocument['state'], editions: readonly Edition[]): Promise<readonly (KnownDocument | undefined)[]>
}>

const personIn = (state: string, patient: string): string => `${state} ${patient}`
const keyOf = (state: string, { patient, epoch, sequence }: Edition): string =>
  `${state} ${patient} ${epoch} ${sequence}`

/** `load` reads the newest documents of persons. */
export const createDocumentCache = (
  load: (state: KnownDocument['state'], patients: readonly string[]) => Promise<readonly KnownDocument[]>,
  mostBytes = 64_000_000,
): DocumentCache => {
  const known = new Map<string, KnownDocument>()
  const underWay = new Map<string, Promise<ReadonlyMap<string, KnownDocument>>>()
  let bytes = 0

  const drop = (person: string): void => {
    bytes -= known.get(person)?.document.length ?? 0
    known.delete(person)
  }

  const put = (document: KnownDocument): void => {
    const person = personIn(document.state, document.patient)
    drop(person)
    known.set(person, document)
    bytes += document.document.length
    for (const oldest of known.keys()) {
      if (bytes <= mostBytes) break
      drop(oldest)
    }
  }

  const loadTogether = (state: KnownDocument['state'], editions: readonly Edition[]): void => {
    const keys = editions.map((edition) => keyOf(state, edition))
    const loading = load(
      state,
      editions.map(({ patient }) => patient),
    )
      .then((documents) => {
        for (const document of documents) put(document)
        return new Map(documents.map((document) => [document.patient, document]))
      })
      .finally(() => {
        for (const key of keys) underWay.delete(key)
      })
    for (const key of keys) underWay.set(key, loading)
  }

  return {
    read(state, editions) {
      const found = editions.map((edition) => {
        const document = known.get(personIn(state, edition.patient))
        return document?.epoch === edition.epoch && document.sequence === edition.sequence ? document : undefined
      })
      const missing = editions.filter((edition, at) => found[at] === undefined && !underWay.has(keyOf(state, edition)))
      if (missing.length > 0) loadTogether(state, missing)
      return Promise.all(
        editions.map(
          (edition, at) =>
            found[at] ?? underWay.get(keyOf(state, edition))?.then((documents) => documents.get(edition.patient)),
        ),
      )
    },
  }
}
