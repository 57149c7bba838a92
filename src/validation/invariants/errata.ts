/** A rule whose published expression says something else than its words. */
type Erratum = Readonly<{ published: string; corrected: string; reason: string }>

/**
 * Rules of R4 (4.0.1) that are published with an expression that is wrong, corrected as later versions of the standard have them. A rule holds where
 * its expression is true; several of these come to nothing where what they are about is not there.
 */
export const ERRATA: readonly Erratum[] = [
  {
    published: "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')",
    corrected: "name.exists() implies name.matches('^[A-Z]([A-Za-z0-9_]){0,254}$')",
    reason: 'adf-0 and its like are about a name, which may be left out, and about all of it.',
  },
  {
    published: "fullUrl.contains('/_history/').not()",
    corrected: "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    reason: 'bdl-8 is about a fullUrl, which may be left out.',
  },
  {
    published: 'probability is decimal implies (probability as decimal) <= 100',
    corrected: 'probability.exists($this is decimal) implies (probability as decimal) <= 100',
    reason: 'ras-2 is about a probability, which may be left out.',
  },
  {
    published: 'enableWhen.count() > 2 implies enableBehavior.exists()',
    corrected: 'enableWhen.count() > 1 implies enableBehavior.exists()',
    reason: 'que-12 says "more than one".',
  },
  {
    published: "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))",
    corrected: "offset.empty() or (when.exists() and when.select($this in ('C' | 'CM' | 'CD' | 'CV')).allFalse())",
    reason: 'tim-9 is about a list, of which "in" can ask one item only.',
  },
  {
    published:
      "clinicalStatus.exists() or verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = 'entered-in-error').exists() or category.select($this='problem-list-item').empty()",
    corrected:
      "clinicalStatus.exists() or verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = 'entered-in-error').exists() or category.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-category' and code='problem-list-item').empty()",
    reason: 'con-3 compares a CodeableConcept with a text, which are never equal.',
  },
  {
    published: '($this as dateTime).toString().length() >= 8',
    corrected: '($this is dateTime).not() or $this.toString().length() >= 8',
    reason: 'vs-1 is about a dateTime; a Period may stand there too.',
  },
  {
    published: 'text.`div`.exists()',
    corrected: '%rootResource != $this or text.`div`.exists()',
    reason: 'dom-6 is about a resource that is read on its own; a contained one is shown by the one that contains it.',
  },
  {
    published:
      "path.matches('[^\\\\s\\\\.,:;\\\\\\'\"\\\\/|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\.[^\\\\s\\\\.,:;\\\\\\'\"\\\\/|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\[x\\\\])?(\\\\:[^\\\\s\\\\.]+)?)*')",
    corrected:
      "path.matchesFull('[^\\\\s\\\\.,:;\\\\\\'\"\\\\/|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\.[^\\\\s\\\\.,:;\\\\\\'\"\\\\/|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\[x\\\\])?(\\\\:[^\\\\s\\\\.]+)?)*')",
    reason: 'eld-19 is about the whole path, and matches() asks whether a part of it fits.',
  },
  {
    published: "path.matches('[A-Za-z][A-Za-z0-9]*(\\\\.[a-z][A-Za-z0-9]*(\\\\[x])?)*')",
    corrected: "path.matchesFull('[A-Za-z][A-Za-z0-9]*(\\\\.[a-z][A-Za-z0-9]*(\\\\[x])?)*')",
    reason: 'eld-20 is about the whole path, and matches() asks whether a part of it fits.',
  },
  {
    published:
      "(%resource.kind = 'logical' or element.first().path = %resource.type) and element.tail().all(path.startsWith(%resource.snapshot.element.first().path&'.'))",
    corrected:
      "iif(%resource.kind = 'logical', element.tail().all(path.startsWith(%resource.snapshot.element.first().path&'.')), element.first().path = %resource.type and element.tail().all(path.startsWith(%resource.type&'.')))",
    reason: 'sdf-8 looks through all elements again for each; where the type is known, it is what they begin with.',
  },
  {
    published:
      "(%resource.kind = 'logical' or element.first().path.startsWith(%resource.type)) and (element.tail().empty() or element.tail().all(path.startsWith(%resource.differential.element.first().path.replaceMatches('\\\\..*','')&'.')))",
    corrected:
      "iif(%resource.kind = 'logical', element.tail().all(path.startsWith(%resource.differential.element.first().path.replaceMatches('\\\\..*','')&'.')), element.first().path.startsWith(%resource.type) and element.tail().all(path.startsWith(%resource.type&'.')))",
    reason: 'sdf-8a looks through all elements again for each; where the type is known, it is what they begin with.',
  },
]

const BY_TEXT: ReadonlyMap<string, string> = new Map(ERRATA.map(({ published, corrected }) => [published, corrected]))

/** The expression of a rule as it is meant. */
export const corrected = (expression: string): string => BY_TEXT.get(expression) ?? expression
