import type { Application, Facts, Write } from '../facts.ts'

/** The facts of one person. */
export type History = Readonly<{
  patient: string
  /** What happened, in order. */
  writes: readonly Write[]
  applications: Readonly<Record<string, readonly Application[]>>
}>

/** The facts by person, each in the order given. */
export const grouped = <Fact extends Readonly<{ patient: string }>>(facts: readonly Fact[]): Map<string, Fact[]> => {
  const groups = new Map<string, Fact[]>()
  for (const fact of facts) {
    const group = groups.get(fact.patient)
    if (group === undefined) groups.set(fact.patient, [fact])
    else group.push(fact)
  }
  return groups
}

/** The facts by person, of everyone about whom something was written or applied. */
export const histories = ({ writes, applications }: Facts): History[] => {
  const written = grouped(writes.filter(({ outcome }) => outcome !== 'did-not-happen'))
  const applied = Object.entries(applications).map(([recipient, all]) => [recipient, grouped(all)] as const)
  const patients = new Set([...written.keys(), ...applied.flatMap(([, byPatient]) => [...byPatient.keys()])])
  return [...patients].map((patient) => ({
    patient,
    writes: written.get(patient) ?? [],
    applications: Object.fromEntries(
      applied.map(([recipient, byPatient]) => [recipient, byPatient.get(patient) ?? []]),
    ),
  }))
}

/** What a recipient shows at this moment; undefined where it has never been told of the person. */
export const shownAt = (applications: readonly Application[], at: number): Application | undefined =>
  applications.findLast((application) => application.at <= at)
