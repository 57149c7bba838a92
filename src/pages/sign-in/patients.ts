import type { Patient } from 'fhir/r4.js'
import type { PersonCaller, RequestContext } from '../../context.ts'
import { PERSON_SYSTEMS } from '../../fhir/identifier.ts'
import { Problem, problem } from '../../fhir/outcome.ts'
import { type ReadIdentity, readIdentity } from '../../plan/summary/identity.ts'
import type { Records } from '../../records/door.ts'
import type { FoundResource } from '../../records/types.ts'
import { searchValue } from './search-value.ts'

/** A person whom the caller may see, as far as it takes to tell them from others. */
export type Found = Readonly<{ id: string } & Pick<ReadIdentity, 'name' | 'birthDate' | 'postcode' | 'identifiers'>>

/** What somebody typed to find a person: a number, or the beginning of a name with the date of birth. */
export type Asked = Readonly<{ number: string; name: string; birthDate: string }>

/** More are no help: somebody would have to choose by guessing. */
const MOST = 10

const foundOf = ({ id, body }: FoundResource): Found => {
  const { name, birthDate, postcode, identifiers } = readIdentity(JSON.parse(body) as Patient)
  return { id, name, birthDate, postcode, identifiers }
}

export const contextOf = (caller: PersonCaller): RequestContext => ({
  requestId: crypto.randomUUID(),
  caller,
  purpose: 'care',
  now: new Date(),
})

const incomplete = (text: string) => problem('bad-request', 'patient-question', text)

/** Throws `bad-request` where too little is said, or the number has not the ten digits of a CHI, NHS or H&C number. */
const parametersOf = ({ number, name, birthDate }: Asked): [string, string][] => {
  const digits = number.replace(/[\s-]/g, '')
  if (digits !== '') {
    if (!/^\d{10}$/.test(digits)) throw incomplete('A CHI, NHS or H&C number has ten digits.')
    return [['identifier', PERSON_SYSTEMS.map((system) => `${system}|${digits}`).join(',')]]
  }
  if (name.trim() === '' || !/^\d{4}-\d{2}-\d{2}$/.test(birthDate))
    throw incomplete('Give a number, or a name together with the date of birth: a name alone could mean many people.')
  return [
    ['name', searchValue(name.trim())],
    ['birthdate', birthDate],
  ]
}

/** The persons who are meant and whom the caller may see; undefined where there are too many to choose from. */
export const findPatients = async (
  records: Pick<Records, 'search'>,
  caller: PersonCaller,
  asked: Asked,
): Promise<readonly Found[] | undefined> => {
  const { resources } = await records.search(contextOf(caller), {
    types: ['Patient'],
    parameters: [...parametersOf(asked), ['_count', String(MOST + 1)]],
    hidden: true,
  })
  return resources.length > MOST ? undefined : resources.map(foundOf)
}

/** The person of this id. Throws a Problem `not-found` alike for one who is not there and one whom the caller may not see. */
export const patientOf = async (records: Pick<Records, 'read'>, caller: PersonCaller, id: string): Promise<Found> => {
  try {
    return foundOf(await records.read(contextOf(caller), 'Patient', id))
  } catch (error) {
    if (!(error instanceof Problem) || !['not-found', 'gone', 'forbidden', 'bad-request'].includes(error.kind))
      throw error
    throw problem('not-found', 'patient-unknown', 'This person is not here, or you may not see them.', { cause: error })
  }
}
