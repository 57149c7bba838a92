/** How much a request may hold, and be answered with. What is larger is refused before it is read. */
export type Limits = Readonly<{
  /** Bytes of a body. */
  body: number
  /** Bytes of a transaction or batch. */
  bundle: number
  /** Bytes of a search form. */
  form: number
  /** Entries of a transaction or batch. */
  entries: number
  /** Bytes of resources and outcomes in the answer to a transaction or batch. */
  answer: number
}>

export const LIMITS: Limits = { body: 5_000_000, bundle: 20_000_000, form: 64_000, entries: 5_000, answer: 20_000_000 }
