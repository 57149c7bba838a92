import type { BreakGlass, Caller, Purpose } from '../context.ts'
import { TELLS_OF_CPR } from '../plan/tells-of-cpr.ts'
import type { Condition, Recorded } from './facts.ts'
import { partOf, type RolePolicy, TYPES } from './policy.ts'

/** Who asks, for what, to do what, when: all that a decision knows before it knows the record. */
export type Asking = Readonly<{
  actor: Exclude<Caller, { kind: 'internal' }>
  purpose: Purpose
  act: 'read' | 'change'
  breakGlass?: BreakGlass | undefined
  now: Date
}>

/**
 * A reason to deny. `allows` is what must hold of a record so that this rule does not deny it, from the caller's policy. `breakable`: a person
 * who has broken the glass for the record's person is not denied by it.
 */
export type Rule = Readonly<{
  code: string
  source: string
  breakable: boolean
  /**
   * What it denies is answered as if it were not there, since that it is there would tell something; else the denial is said. `without-glass`: it
   * is said to those alone who could break the glass.
   */
  hides: boolean | 'without-glass'
  allows: (asking: Asking, policy: RolePolicy) => Condition
}>

const NOBODYS: Condition = { fact: 'patient', in: [null] }

/** The caller's organisation is the custodian. Who acts for no organisation is nobody's. */
const isCustodian = ({ actor }: Asking): Condition =>
  actor.organization === '' ? false : { fact: 'custodian', in: [actor.organization] }

const isSelf = ({ actor }: Asking): Condition =>
  actor.kind === 'person' && actor.role === 'patient' && actor.patient !== undefined
    ? { fact: 'patient', in: [actor.patient] }
    : false

const LABELS = ['R', 'V'] as const

/** Documents are stored whole and under nobody's name: of whom one is, no row says. */
const DOCUMENTS = ['Bundle'] as const

/** What is nobody's and what others are known by, beside the documents. */
const DIRECTORY = ['Organization', 'Practitioner', 'PractitionerRole', 'Endpoint'] as const

/** All of them must allow a record. What no glass opens comes first, so that the reason that is told is the one that stands. */
export const RULES: readonly Rule[] = [
  {
    code: 'purpose-not-allowed',
    source: 'trust 2.4; model 6: role and purpose',
    breakable: false,
    hides: false,
    allows: ({ purpose }, policy) => policy.purposes.includes(purpose),
  },
  {
    // Before all that tells of the record: a draft of others is as if it were not there.
    code: 'draft-of-others',
    source: 'trust 2.7: a draft is not found',
    breakable: false,
    hides: true,
    allows: ({ actor }) => ({
      fact: 'author',
      in: actor.organization === '' ? [null] : [null, actor.organization],
    }),
  },
  {
    code: 'label-unknown',
    source: 'trust 2.2: what is unknown denies',
    breakable: false,
    hides: true,
    allows: () => ({ fact: 'label', in: [null, ...LABELS] }),
  },
  {
    code: 'very-restricted',
    source: 'trust 2.6: never lifts V labels',
    breakable: false,
    hides: true,
    allows: (asking) => ({ any: [{ fact: 'label', in: [null, 'R'] }, isCustodian(asking)] }),
  },
  {
    code: 'restricted',
    source: 'model 2, HomeAccess: released only to those on the way to the door',
    breakable: false,
    hides: true,
    allows: (asking, { restricted }) =>
      restricted || { any: [{ fact: 'label', in: [null, 'V'] }, isCustodian(asking)] },
  },
  {
    code: 'withheld-from-role',
    source: 'trust 2.4; model 6: social care sees the non-clinical parts',
    breakable: false,
    hides: false,
    allows: ({ actor }, policy) => {
      const types = TYPES[partOf(actor, policy)]
      return types === undefined || { any: [NOBODYS, { fact: 'type', in: types }] }
    },
  },
  {
    // What cannot be told to be about somebody whom a caller may see is for those alone who may see everybody, and for who brings it.
    code: 'stored-document',
    source: 'trust 2.2: what is unknown denies',
    breakable: false,
    hides: true,
    allows: ({ actor }, policy) => {
      const seesAnybody = actor.kind === 'system' || (policy.relationships === 'any' && actor.patient === undefined)
      const isForAll = actor.role === 'keyplan' || (seesAnybody && partOf(actor, policy) === 'all')
      return isForAll || { fact: 'type', notIn: DOCUMENTS }
    },
  },
  {
    // In which organisation somebody is decides whose records they may see.
    code: 'kept-by-systems',
    source: 'trust 2.4: a relationship is not what somebody says of themself',
    breakable: false,
    hides: false,
    allows: ({ actor, act }) =>
      act === 'read' || actor.kind === 'system' || { fact: 'type', notIn: [...DIRECTORY, ...DOCUMENTS] },
  },
  {
    code: 'session-of-another',
    source: 'SMART App Launch 2.2, launch/patient: a session about one person is about no other',
    breakable: false,
    hides: true,
    allows: ({ actor }) =>
      actor.kind === 'system' || actor.patient === undefined || { fact: 'patient', in: [null, actor.patient] },
  },
  {
    code: 'no-relationship',
    source: 'trust 2.4: scope, role, relationship and consent together',
    breakable: true,
    hides: 'without-glass',
    allows: (asking, { relationships }) => {
      const { actor } = asking
      if (relationships === 'any' || actor.kind === 'system') return true
      const recorded = relationships.filter((one): one is Recorded => one !== 'self' && one !== 'custodian')
      const user = recorded.includes('proxy') ? actor.user : undefined
      return {
        any: [
          NOBODYS,
          relationships.includes('self') && isSelf(asking),
          relationships.includes('custodian') && isCustodian(asking),
          recorded.length > 0 && { recorded, by: { organization: actor.organization, user, now: asking.now } },
        ],
      }
    },
  },
  {
    code: 'sharing-withheld',
    source: 'trust 2.3, 2.5; decision record 6: an objection shuts out everyone but the custodian',
    breakable: true,
    hides: false,
    allows: (asking) => ({
      any: [NOBODYS, { fact: 'sharing', in: ['permitted'] }, isCustodian(asking), isSelf(asking)],
    }),
  },
  {
    // After these: of somebody else's record nothing is said, that something is hidden in it neither. For all others than these two roles there is no such
    // rule, whatever a person has decided.
    code: 'hidden-by-person',
    source: 'model 6: a person may hide the CPR decision from their own portal or from a carer, and crews still see it',
    breakable: false,
    hides: false,
    allows: ({ actor }) =>
      actor.kind === 'system' || (actor.role !== 'patient' && actor.role !== 'proxy')
        ? true
        : { hidden: false, from: { role: actor.role, user: actor.user }, telling: TELLS_OF_CPR },
  },
  {
    // Whoever reads these takes them for what clinicians decided and registries know.
    code: 'kept-by-clinicians',
    source: 'model 1: a plan of care is authored by clinicians; trust 2.4',
    breakable: false,
    hides: false,
    allows: ({ act }, { changes }) => act === 'read' || changes === undefined || { fact: 'type', in: changes },
  },
]
