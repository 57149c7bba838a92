import { readFileSync } from 'node:fs'

const START = '{"url":"'
const NEWLINE = 10

/**
 * The resources of an artefact that holds one a line, each with its address first, by that address: each is parsed when it is first asked
 * for, and then kept. All callers get the same object and must not change it.
 */
export const canonicalLines = (file: URL): ((url: string) => object | undefined) => {
  let bytes: Buffer | undefined
  const lines = new Map<string, readonly [start: number, end: number]>()
  const parsed = new Map<string, object>()

  const load = (): Buffer => {
    const all = readFileSync(file)
    for (let start = 0; start < all.length; ) {
      const end = all.indexOf(NEWLINE, start)
      const from = start + START.length
      lines.set(all.toString('latin1', from, all.indexOf('"', from)), [start, end])
      start = end + 1
    }
    return all
  }

  return (url) => {
    bytes ??= load()
    const known = parsed.get(url)
    const line = lines.get(url)
    if (known !== undefined || line === undefined) return known
    const resource = JSON.parse(bytes.toString('utf8', line[0], line[1])) as object
    parsed.set(url, resource)
    return resource
  }
}
