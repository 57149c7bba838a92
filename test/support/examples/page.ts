import type { FhirResource } from 'fhir/r4.js'
import { compact } from '../../../src/pages/guide/compact.ts'
import type { FhirRequest } from '../service.ts'

/** What differs from run to run, by names that stay: ids in the order in which they come; moments of today, signatures, thumbprints of keys. */
const createNames = () => {
  const ids = new Map<string, string>()
  return (text: string): string =>
    text
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
        const name = ids.get(id) ?? `ID-${ids.size + 1}`
        ids.set(id, name)
        return name
      })
      .replaceAll(/"\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z"/g, '"…"')
      .replaceAll(/"eyJ[\w-]+\.\.[\w-]+"/g, '"eyJ…"')
      .replaceAll(/"[\w-]{43}"/g, '"…"')
      .replaceAll(/http:\/\/localhost:\d+/g, 'http://localhost:8080')
}

/** Sends a request, and writes it and its answer down; answers the whole body. Throws where it is answered with another status. */
export type Show<As extends string> = <Body = FhirResource>(
  status: number,
  shown: Readonly<{
    as: As
    method?: string
    path: string
    /** What is sent; `said` in its place on the page, where it is long. */
    body?: object
    said?: string
    headers?: Readonly<Record<string, string>>
    /** The part of the answer that the page shows. */
    pick?: (body: never) => unknown
  }>,
) => Promise<Body>

export type ExamplePage = Readonly<{
  write(...text: string[]): void
  /** Shows requests of these clients. */
  showing<As extends string>(clients: Readonly<Record<As, FhirRequest>>): Show<As>
  text(): string
}>

/** A page of requests that are sent while it is written. */
export const createPage = (): ExamplePage => {
  const names = createNames()
  const lines: string[] = []
  const json = (value: unknown): string => compact(JSON.parse(names(JSON.stringify(value))))
  const write = (...text: string[]): void => void lines.push(...text, '')

  return {
    write,
    showing:
      (clients) =>
      async <Body>(
        status: number,
        { as, method, path, body, said, headers = {}, pick }: Parameters<Show<keyof typeof clients>>[1],
      ) => {
        const verb = method ?? (body === undefined ? 'GET' : 'POST')
        const answer = await clients[as]<Body>(verb, path, body, headers)
        if (answer.status !== status) throw new Error(`${verb} ${path}: ${answer.status} ${answer.text}`)
        write(
          '```http',
          names(
            [
              `${verb} /fhir${path}`,
              `Authorization: Bearer …   (${as})`,
              ...Object.entries(headers).map((one) => one.join(': ')),
            ].join('\n'),
          ),
          ...(body === undefined ? [] : ['', said === undefined ? json(body) : names(said)]),
          '```',
        )
        const isXml = answer.headers.get('content-type')?.includes('xml') === true
        const shown = isXml ? names(answer.text) : json(pick === undefined ? answer.body : pick(answer.body as never))
        write(
          `→ **${status}**${pick === undefined ? '' : ', of which:'}`,
          '',
          isXml ? '```xml' : '```json',
          shown.trimEnd(),
          '```',
        )
        return answer.body
      },
    text: () => `${lines.join('\n').trimEnd()}\n`,
  }
}
