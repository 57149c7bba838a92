import type { Caller, PersonCaller, Purpose, Role } from '../context.ts'
import type { Relationship } from './facts.ts'

/** Changes with the table below or with a rule: the audit says under which policy a decision was made. */
export const POLICY_VERSION = '4'

/** The part of persons' records that a role sees, as resource types. */
export type Part = 'all' | 'non-clinical' | 'medicines' | 'tasks' | 'none'

export type RolePolicy = Readonly<{
  /** Whether a system can have this role, or a person, or either. */
  kinds: readonly ('system' | 'person')[]
  purposes: readonly Purpose[]
  part: Part
  /** What a person in this role has to be to the person whom a record is about; `any`: nothing in particular, as for unscheduled care. */
  relationships: 'any' | readonly Relationship[]
  /** Types of persons' resources that somebody in this role changes; undefined: those that they see. */
  changes?: readonly string[]
  /** Changes who somebody is (Patient): crews take it for what the practice and registries know. Only who sees all of a record. */
  changesPatient: boolean
  /** Sees what is labelled R: those who may be on their way to the door, or who look after the person at home. */
  restricted: boolean
  /** Who lacks a relationship may break the glass. */
  breakGlass: boolean
}>

const CARE: readonly Purpose[] = ['care', 'emergency']
const EVERY: readonly Purpose[] = ['care', 'emergency', 'administration', 'sharing']
const OVERSIGHT: readonly Purpose[] = ['care', 'administration']
const KNOWN = ['custodian', 'general-practitioner', 'care-team', 'recipient'] as const
const BOTH = ['system', 'person'] as const
const PERSON = ['person'] as const

/** Who comes to somebody whom they have never met. */
const unscheduled: RolePolicy = {
  kinds: BOTH,
  purposes: EVERY,
  part: 'all',
  relationships: 'any',
  changesPatient: true,
  restricted: true,
  breakGlass: true,
}

/** Who treats those who are known to their organisation. */
const known: RolePolicy = { ...unscheduled, relationships: KNOWN }

/** Who looks after people that are known to them, and sees a part of their records. */
const partial = { ...known, changesPatient: false, restricted: false, breakGlass: false } satisfies RolePolicy

/**
 * What matters to people in their own words. `Patient` stands for their record as a whole: who somebody is they do not change, nor what was decided
 * for them (`records/permission/theirs.ts`).
 */
const OWN_WORDS = ['Patient', 'Goal', 'QuestionnaireResponse'] as const

/**
 * What each role may see of persons' records, and for what (model.md section 6, trust section 2). A role that is not here may see nothing. Of systems
 * no relationship is asked: theirs is the organisation's, and it is the organisation that checks its staff.
 */
export const POLICY: Readonly<Record<Role, RolePolicy>> = {
  ambulance: unscheduled,
  'ambulance-control': { ...unscheduled, kinds: PERSON },
  'out-of-hours': unscheduled,
  hospital: { ...unscheduled, restricted: false },
  'gp-practice': known,
  hospice: known,
  'community-nurse': known,
  'care-home': { ...partial, part: 'non-clinical' },
  'social-care': { ...partial, part: 'non-clinical' },
  'community-pharmacy': { ...partial, part: 'medicines' },
  coordinator: { ...known, kinds: PERSON, restricted: false, breakGlass: false },
  patient: {
    kinds: PERSON,
    purposes: CARE,
    part: 'all',
    relationships: ['self'],
    changes: [...OWN_WORDS, 'Consent'],
    changesPatient: false,
    restricted: true,
    breakGlass: false,
  },
  proxy: {
    kinds: PERSON,
    purposes: CARE,
    part: 'all',
    relationships: ['proxy'],
    changes: OWN_WORDS,
    changesPatient: false,
    restricted: false,
    breakGlass: false,
  },
  integrator: {
    kinds: ['system'],
    purposes: EVERY,
    part: 'none',
    relationships: 'any',
    changesPatient: true,
    restricted: false,
    breakGlass: false,
  },
  keyplan: {
    kinds: ['system'],
    purposes: EVERY,
    part: 'none',
    relationships: 'any',
    changesPatient: false,
    restricted: false,
    breakGlass: false,
  },
  // They read as everybody does; what is for care alone (the emergency view) is not for them.
  auditor: {
    kinds: PERSON,
    purposes: OVERSIGHT,
    part: 'none',
    relationships: 'any',
    changesPatient: false,
    restricted: false,
    breakGlass: false,
  },
  'privacy-officer': {
    kinds: PERSON,
    purposes: OVERSIGHT,
    // What was asked of their organisation, as after somebody has broken the glass of a person whom it registered.
    part: 'tasks',
    relationships: ['custodian'],
    changesPatient: false,
    restricted: false,
    breakGlass: false,
  },
}

/** What a caller's role may see; undefined for a role that is not known, or that callers of its kind cannot have. The service's own work has none. */
export const policyOf = (caller: Exclude<Caller, { kind: 'internal' }>): RolePolicy | undefined => {
  const policy = Object.hasOwn(POLICY, caller.role) ? POLICY[caller.role] : undefined
  return policy?.kinds.includes(caller.kind) === true ? policy : undefined
}

/** Whether a caller looks after how records are used, and not after people: a person in such a role. */
export const isOverseer = (caller: Caller): caller is PersonCaller =>
  caller.kind === 'person' && (caller.role === 'privacy-officer' || caller.role === 'auditor')

/** The part of persons' records that a caller sees under a policy. */
export const partOf = (caller: Caller, { part }: RolePolicy): Part =>
  caller.kind === 'system' && caller.clinical === true ? 'all' : part

/**
 * The types of persons' resources in each part; undefined: every type. A type holds clinical things where any resource of it may. Sections of a
 * summary are chosen more finely (`plan/summary/roles.ts`).
 */
export const TYPES: Readonly<Record<Part, readonly string[] | undefined>> = {
  all: undefined,
  'non-clinical': ['Patient', 'RelatedPerson', 'CareTeam', 'Goal'],
  medicines: ['Patient', 'RelatedPerson', 'MedicationRequest'],
  tasks: ['Task'],
  none: [],
}
