/** What can be wrong with the audit log, and what it means; `docs/operations.md` says what to do. */
export const AUDIT_FAULTS = {
  changed: 'a row is not what was sealed',
  deleted: 'a row that was sealed is gone',
  inserted: 'a row came to stand among those that had been sealed',
  reordered: 'rows are not in the order in which they were sealed',
  'leaf-missing': 'what was sealed of a row is gone',
  'seal-broken': 'a seal is not that of what stands before it',
  'seal-forged': 'a seal is not signed by a key of KEYPLAN_AUDIT_KEY',
  'seal-missing': 'a seal is gone',
  'tail-cut': 'a witness has seen more than there is: the end was cut off, or an old backup stands in its place',
  rebuilt: 'a witness has seen another log: this one was written anew',
  'old-backup':
    'a witness has seen more of an earlier epoch than there is: an old backup was restored, and what came after it is lost',
} as const

/** `at` says where: ids of rows of `audit_event`, sizes of seals. */
export type AuditFault = Readonly<{ code: keyof typeof AUDIT_FAULTS; at: string }>

/** So many of each kind are said; the others are counted. */
const MOST_SAID = 20

export type AuditFaults = Readonly<{
  add(code: AuditFault['code'], at: string): void
  /** The first of each kind, and how many there are of all. */
  said(): Readonly<{ faults: readonly AuditFault[]; total: number }>
}>

export const collectFaults = (): AuditFaults => {
  const faults: AuditFault[] = []
  const counts = new Map<string, number>()
  let total = 0
  return {
    add(code, at) {
      const count = (counts.get(code) ?? 0) + 1
      counts.set(code, count)
      total += 1
      if (count <= MOST_SAID) faults.push({ code, at })
    },
    said: () => ({ faults, total }),
  }
}
