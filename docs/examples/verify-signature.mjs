// Checks a signature of KeyPlan with nothing but its published keys (docs/signatures.md):
//   TOKEN=$(npx keyplan token --client gp-practice) node docs/examples/verify-signature.mjs http://localhost:8080 Provenance/ID
import { pathToFileURL } from 'node:url'
import { compactVerify, createLocalJWKSet } from 'jose'

const REVIEW_DATE = 'https://keyplan.example/fhir/StructureDefinition/review-date'
const STATE_REASON = 'https://keyplan.example/fhir/StructureDefinition/state-reason'
/** The element of each type that says whether it still holds. */
const STATUS = {
  Consent: 'status',
  Goal: 'lifecycleStatus',
  CareTeam: 'status',
  Flag: 'status',
  Observation: 'status',
  MedicationRequest: 'status',
  QuestionnaireResponse: 'status',
  RelatedPerson: 'active',
}

/** RFC 8785 for what JSON.parse returns. */
export const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

const without = (resource, names) =>
  Object.fromEntries(Object.entries(resource).filter(([name]) => !names.includes(name)))

/** The plan, and what it is made of, as a signature covers them. */
export const signedContent = (plan, members) => {
  const { extension = [], ...rest } = without(plan, ['meta', 'status', 'period'])
  const fixed = extension.filter(({ url }) => url !== REVIEW_DATE && url !== STATE_REASON)
  const key = ({ resourceType, id }) => `${resourceType}/${id}`
  return {
    plan: fixed.length === 0 ? rest : { ...rest, extension: fixed },
    content: members
      .toSorted((one, other) => (key(one) < key(other) ? -1 : 1))
      .map((member) => without(member, ['meta', STATUS[member.resourceType]])),
  }
}

/** Throws where KeyPlan's signature in the Provenance is not for exactly this act on exactly these words. */
export const verify = async (provenance, plan, members, jwks) => {
  const signature = provenance.signature.find(({ type }) => type[0].code === '1.2.840.10065.1.12.1.14')
  const [header, , value] = Buffer.from(signature.data, 'base64').toString().split('.')
  const act = without(provenance, ['id', 'meta', 'signature'])
  const payload = Buffer.from(canonical({ act, ...signedContent(plan, members) })).toString('base64url')
  await compactVerify(`${header}.${payload}.${value}`, createLocalJWKSet(jwks), { algorithms: ['ES384'] })
}

/** All that a plan is made of, read by its references and theirs. */
export const readMembers = async (plan, read) => {
  const found = new Map()
  const visit = async (reference) => {
    const [type] = reference.split('/')
    if (found.has(reference) || !(type in STATUS || type === 'DocumentReference')) return
    const resource = await read(reference)
    found.set(reference, resource)
    if (resource.category?.some(({ coding }) => coding?.some(({ code }) => code === 'sharing-decision')))
      found.delete(reference)
    else for (const next of referencesIn(resource)) await visit(next)
  }
  for (const { reference } of [...(plan.goal ?? []), ...(plan.supportingInfo ?? []), ...(plan.careTeam ?? [])])
    await visit(reference)
  return [...found.values()]
}

const referencesIn = (value) => {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, child]) =>
    name === 'reference' && typeof child === 'string' ? [child] : referencesIn(child),
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , base, reference] = process.argv
  const get = async (url) => (await fetch(url, { headers: { Authorization: `Bearer ${process.env.TOKEN}` } })).json()
  const read = (path) => get(`${base}/fhir/${path}`)
  const provenance = await read(reference)
  const plan = await read(provenance.target[0].reference.split('/_history/')[0])
  await verify(provenance, plan, await readMembers(plan, read), await get(`${base}/auth/jwks`))
  console.log('The signature holds for this act and every word of the plan.')
}
