/** What somebody holds of a person. */
export type EditionRow = Readonly<{
  patient: string
  epoch: number
  sequence: number
  state: 'current' | 'withdrawn'
}>

export type DigestRow = Readonly<{ bucket: number; persons: number; digest: Buffer }>

/** Summaries are compared in this many buckets; a person's is the first ten bits of SHA-256 of their id (`summary_bucket`). */
export const BUCKETS = 1_024
const DIGEST_BYTES = 8
/** All digests, one after another. */
export const DIGESTS_BYTES = BUCKETS * DIGEST_BYTES

/**
 * A statement that answers one row a bucket in which there is something: its digest, which is the beginning of SHA-256 of the editions in it
 * (`person/epoch/sequence/state`, in the order of their bytes, a line break between them). `editions` is a query with these four columns.
 */
export const bucketDigests = (editions: string): string => `
  select bucket, count(*)::integer as persons, substring(sha256(string_agg(line, E'\\n' order by line collate "C")::bytea) for ${DIGEST_BYTES}) as digest
  from (select summary_bucket(patient) as bucket, concat_ws('/', patient, epoch, sequence, state) as line from (${editions}) as edition) as lined
  group by bucket`

/** Digests of all buckets one after another, zeros where a bucket is empty, and how many persons there are. */
export const packed = (rows: readonly DigestRow[]): { digests: Uint8Array; persons: number } => {
  const digests = Buffer.alloc(DIGESTS_BYTES)
  for (const { bucket, digest } of rows) digest.copy(digests, bucket * DIGEST_BYTES)
  return { digests, persons: rows.reduce((sum, { persons }) => sum + persons, 0) }
}

/** The buckets in which two lists of digests differ. */
export const differingBuckets = (one: Uint8Array, other: Uint8Array): number[] =>
  Array.from({ length: BUCKETS }, (_, bucket) => bucket).filter((bucket) => {
    const digestOf = (all: Uint8Array): Uint8Array => all.subarray(bucket * DIGEST_BYTES, (bucket + 1) * DIGEST_BYTES)
    return Buffer.compare(digestOf(one), digestOf(other)) !== 0
  })
