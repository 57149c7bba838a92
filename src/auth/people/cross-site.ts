import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether the browser says that a request comes from a page of this origin (Fetch Metadata, RFC 6454). Every browser of today says one or the
 * other of each request that can change something; where neither is said nothing is known, and that is a no.
 */
export const isSameOrigin = (
  headers: Readonly<Pick<IncomingHttpHeaders, 'origin'> & { 'sec-fetch-site'?: string | string[] | undefined }>,
  base: string,
): boolean => {
  const { origin, 'sec-fetch-site': site } = headers
  if (origin === undefined && site === undefined) return false
  return (origin === undefined || origin === new URL(base).origin) && (site === undefined || site === 'same-origin')
}
