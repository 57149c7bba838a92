import type { Caller, Purpose, Role } from '../context.ts'
import { decide } from './decide.ts'
import { type Facts, RECORDED, type Relationship } from './facts.ts'
import { type Part, POLICY, partOf } from './policy.ts'

/** What a caller of a role may see of a person, and why: the decision about a record of theirs with no mark on it. */
export type Explained = Readonly<{
  kind: 'system' | 'person'
  role: Role
  /** What the caller is to the person; `none`: nothing that is on record. */
  relationship: Relationship | 'none'
  decision: 'permit' | 'deny' | 'break-glass'
  /** Of the rule that denies, or `permitted`. */
  reason: string
  /** Of the person's record, where it is permitted or can be opened. */
  part: Part
}>

/** What is known of the person whose record it is. */
export type ExplainedPerson = Pick<Facts, 'patient' | 'sharing' | 'custodian'>

const PURPOSE: Purpose = 'care'

const callerOf = (
  kind: Explained['kind'],
  role: Role,
  relationship: Explained['relationship'],
  { patient, custodian }: ExplainedPerson,
): Exclude<Caller, { kind: 'internal' }> => {
  const organization = relationship === 'custodian' ? (custodian ?? '') : ''
  const common = { clientId: '', organization, scopes: [] }
  return kind === 'system'
    ? ({ ...common, kind, role } as Exclude<Caller, { kind: 'internal' | 'person' }>)
    : ({
        ...common,
        kind,
        role,
        user: { system: '', value: '' },
        assurance: 'high',
        ...(relationship === 'self' && patient !== null ? { patient } : {}),
      } as Extract<Caller, { kind: 'person' }>)
}

/** The type of a record that stands for all of a part: one that is in it, if any is. */
const TYPE_OF: Readonly<Record<Part, string>> = {
  all: 'CarePlan',
  'non-clinical': 'Patient',
  medicines: 'MedicationRequest',
  tasks: 'Task',
  none: 'CarePlan',
}

/**
 * For every role that there is, as a system and as a person, with each relationship that its policy knows and without any: what is decided of this
 * person's record. Made by `decide` itself, so it cannot say anything else than what is done (trust, section 2).
 */
export const explainAccess = (person: ExplainedPerson, now: Date): readonly Explained[] =>
  (Object.keys(POLICY) as Role[]).flatMap((role) =>
    POLICY[role].kinds.flatMap((kind) => {
      const { relationships } = POLICY[role]
      const known = kind === 'system' || relationships === 'any' ? (['custodian'] as const) : relationships
      return [...known, 'none' as const].map((relationship): Explained => {
        const actor = callerOf(kind, role, relationship, person)
        const part = partOf(actor, POLICY[role])
        const recorded = RECORDED.filter((one) => one === relationship)
        const decided = decide({
          actor,
          purpose: PURPOSE,
          act: 'read',
          now,
          record: { ...person, type: TYPE_OF[part], label: null, author: null, recorded, hidden: false },
        })
        return {
          kind,
          role,
          relationship,
          decision: decided.permitted ? 'permit' : decided.breakGlass ? 'break-glass' : 'deny',
          reason: decided.reason,
          part,
        }
      })
    }),
  )
