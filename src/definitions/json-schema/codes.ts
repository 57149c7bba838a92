import type { ElementDefinition } from 'fhir/r4.js'
import { isUnknown } from '../terminology/answer.ts'
import { type Library, type Member, membersOf } from '../terminology/value-set.ts'
import type { Schema } from './schema.ts'

/** Longer lists of codes stay with the terminology: a schema names only what a form can offer. */
const MOST_CODES = 300

const codingIn = (members: readonly Member[]): Schema => {
  const systems = [...new Set(members.map(({ system }) => system))]
  return {
    anyOf: systems.map((system) => ({
      type: 'object',
      properties: {
        system: { const: system },
        code: { enum: members.flatMap((member) => (member.system === system ? [member.code] : [])) },
      },
      required: ['system', 'code'],
    })),
  }
}

/** What a closed list of codes asks of a value of this type; undefined where there is none, or it cannot be listed. */
export const codesOf = ({ binding }: ElementDefinition, type: string, library: Library): Schema | undefined => {
  if (binding?.strength !== 'required' || binding.valueSet === undefined) return undefined
  const valueSet = library.valueSet(binding.valueSet)
  const members = valueSet === undefined ? undefined : membersOf(library, valueSet)
  if (members === undefined || isUnknown(members) || members.length === 0 || members.length > MOST_CODES)
    return undefined
  if (['code', 'string', 'uri'].includes(type)) return { enum: members.map(({ code }) => code) }
  if (type === 'Coding') return codingIn(members)
  if (type !== 'CodeableConcept') return undefined
  const coding = { type: 'array', contains: codingIn(members) }
  return { type: 'object', properties: { coding }, required: ['coding'] }
}
