Profile: PlanTask
Parent: Task
Id: plan-task
Title: "Task that follows from a plan"
Description: "What must be done, for which person, by which organisation, since when and until when. A task is made by KeyPlan or by a clinician's system; whoever carries it out says when it was done, or why it was not."
* ^experimental = false
* insert Obligation(., 0, gp-practice, SHALL:process, [[Brings a task to whoever must see to it, and says when it was done or why not.]])
* insert Obligation(., 1, ambulance, SHALL:process, [[Brings a task about its own copies to whoever looks after the system.]])
* insert Obligation(., 2, out-of-hours, SHALL:process, [[Brings a task about its own copies to whoever looks after the system.]])
* insert Obligation(., 3, hospital, SHALL:process, [[Brings a task to whoever must see to it, and says when it was done or why not.]])
* insert Obligation(., 4, integrator, SHALL:no-alter, [[Passes a task on unchanged, and back what became of it.]])
* obeys task-1 and task-2 and task-3 and task-4
* identifier MS
* identifier ^short = "Names the task for whoever makes it, so that the same thing is not asked for twice"
* status MS
* status ^short = "requested until somebody takes it on; completed, or rejected with the reason"
* statusReason MS
* statusReason ^short = "Why it was not done"
* intent = #order (exactly)
* priority MS
* priority ^short = "How soon it matters"
* code 1..1 MS
* code ^short = "What kind of task it is"
* code from PlanTaskVS (required)
* description 1..1 MS
* description ^short = "What to do, in plain English, and whom or what it is about as far as the reader needs it"
* focus MS
* focus ^short = "What the task is about: the plan; of decisions about sharing that contradict each other, one of them; of a task about a system that is not in step for many, its Endpoint"
* for MS
* for ^short = "The person; absent of a task about a system that is not in step for many"
* for only Reference(PlanPatient)
* authoredOn 1..1 MS
* authoredOn ^short = "Since when it has to be done"
* requester MS
* requester ^short = "Who asks for it"
* owner 1..1 MS
* owner ^short = "The organisation that must see to it, by its ODS code or by reference"
* restriction MS
* restriction ^short = "Until when it should be done"
* restriction.period MS
* restriction.period ^short = "The end says by when it should be done"
* input MS
* input ^short = "What is needed to carry it out; of a task about sharing, the system that it is about"
* output MS
* output ^short = "What came of it"
* note MS
* note ^short = "What was found when it was done"

Invariant: task-1
Description: "A task about the content of a plan names the plan."
Severity: #error
Expression: "code.coding.where(system = 'https://keyplan.example/fhir/CodeSystem/plan-task' and code in ('bereavement' | 'review-due' | 'endorsement-due' | 'confirm-transcription' | 'resolve-conflict')).exists() implies focus.where(reference.matches('(^|/)CarePlan/')).exists()"

Invariant: task-2
Description: "A task that was not done says why."
Severity: #error
Expression: "(status in ('rejected' | 'cancelled' | 'failed')) implies statusReason.exists()"

Invariant: task-3
Description: "Whoever must see to it can be found: by reference, or by an identifier."
Severity: #error
Expression: "owner.reference.exists() or owner.identifier.value.exists()"

Invariant: task-4
Description: "A task is about a person, or names the system that it is about, unless it is about this service itself or a sender."
Severity: #error
Expression: "for.exists() or focus.where(reference.matches('(^|/)Endpoint/')).exists() or code.coding.where(system = 'https://keyplan.example/fhir/CodeSystem/plan-task' and code in ('audit-not-sealed' | 'audit-contradicted' | 'break-glass-review')).exists()"
