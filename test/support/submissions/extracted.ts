import type { Bundle, FhirResource, Patient, Questionnaire, QuestionnaireResponse } from 'fhir/r4.js'
import { QUESTIONNAIRE } from '../../../src/plan/codes.ts'
import { extractResponse } from '../../../src/plan/extract.ts'
import { json } from './fixtures.ts'
import { named } from './names.ts'
import { isObject, mapped } from './values.ts'

const QUESTIONNAIRES = Object.values(QUESTIONNAIRE).map(
  (url) => json(`profiles/package/Questionnaire-${url.split('/').at(-1)}.json`) as Questionnaire,
)

const conversation = (plan: string): { patient: Patient; response: QuestionnaireResponse } => {
  const [name, index] = plan.split('/')
  const { entry = [] } = json(`fixtures/people/${name}.json`) as Bundle
  const { id: _id, ...response } = { ...(entry[1 + Number(index)]?.resource as QuestionnaireResponse) }
  return { patient: entry[0]?.resource as Patient, response }
}

/** The plan that a conversation of `fixtures/people` becomes, and its person; references are `#name`. `keep`: the response is a part of it. */
export const extracted = (plan: string, keep: boolean): { patient: Patient; resources: FhirResource[] } => {
  const { patient, response } = conversation(plan)
  const url = response.questionnaire?.split('|')[0]
  const questionnaire = QUESTIONNAIRES.find((one) => one.url === url) as Questionnaire
  const entries = extractResponse(response, questionnaire)
  const source = entries.find(({ resource }) => resource.resourceType === 'QuestionnaireResponse')?.fullUrl
  const subject = response.subject?.reference
  const kept = entries.filter(({ resource }) => keep || resource.resourceType !== 'QuestionnaireResponse')
  const isSource = (value: unknown): boolean => isObject(value) && value['reference'] === source
  const withoutSource = (value: unknown): unknown => {
    if (Array.isArray(value))
      return value.filter((one) => !isSource(one) && !(isObject(one) && isSource(one['what']))).map(withoutSource)
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, one]) => {
        const left = isSource(one) ? undefined : withoutSource(one)
        return left === undefined || (Array.isArray(left) && left.length === 0) ? [] : [[key, left]]
      }),
    )
  }
  const names = new Map(kept.map(({ fullUrl, resource }) => [fullUrl, resource]))
  const content = named([...names.values()])
  const nameByUrl = new Map(
    [...content].map(([name, resource]) => [[...names].find(([, one]) => one === resource)?.[0] ?? '', name]),
  )
  const resources = [...content.values()].map(
    (resource) =>
      mapped(keep ? resource : withoutSource(resource), (text) =>
        text === subject ? '#patient' : nameByUrl.has(text) ? `#${nameByUrl.get(text)}` : text,
      ) as FhirResource,
  )
  return { patient: mapped(patient, (text) => (text === subject ? '#patient' : text)) as Patient, resources }
}
