import { setImmediate as whatWaits } from 'node:timers/promises'
import { XML_CHILDREN } from '../definitions/xml.ts'
import { parseFhirJson } from '../fhir/json.ts'
import type { Resource } from '../fhir/resource.ts'
import { parseFhirXml } from '../fhir/xml/read.ts'
import { fhirXml } from '../fhir/xml/write.ts'

/** Deeper than what is taken: what is answered holds it, in entries and parameters. */
const ANSWERED = { depth: 128 }

/** The XML of a resource that is JSON text, as every answer is until it is sent. */
export const xmlOf = (json: string, pretty: boolean): string =>
  fhirXml(parseFhirJson(json, ANSWERED), XML_CHILDREN, pretty)

/**
 * The resource in an XML body; throws a Problem `malformed` as `parseFhirXml` does. Others are served while a long one is read: XML takes four times
 * as long as JSON.
 */
export const readXml = async (text: string): Promise<Resource> => {
  const reading = parseFhirXml(text, XML_CHILDREN)
  for (;;) {
    const step = reading.next()
    if (step.done === true) return step.value
    await whatWaits()
  }
}
