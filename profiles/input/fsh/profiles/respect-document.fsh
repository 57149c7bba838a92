Profile: RespectDocument
Parent: Composition
Id: respect-document
Title: "Emergency care plan as a document"
Description: "One emergency care plan made in the ReSPECT process, to read on a screen or to keep as paper: what to do, who decided, whether it is in force. Derived from the plan; never written by hand. The layout is KeyPlan's own."
* ^experimental = false
* insert Composed([[the document]])
* extension contains PlanEdition named edition 0..1 MS
* extension[edition] ^short = "The plan by identifier, version and digest; a draft has none"
* identifier 1..1 MS
* identifier ^short = "Names this edition of the document"
* status MS
* status ^short = "final, preliminary of a draft, amended or entered-in-error as the plan is"
* type MS
* type = $sct#887701000000100
* type ^short = "Emergency health care plan"
* subject 1..1 MS
* subject ^short = "The person"
* subject only Reference(PlanPatient)
* date MS
* date ^short = "When the plan last changed"
* author MS
* author ^short = "KeyPlan, which composed it"
* title MS
* title ^short = "What the document is called where it is shown"
* section 1..* MS
* section ^short = "One section for each part, in the fixed order"
* section ^slicing.discriminator.type = #pattern
* section ^slicing.discriminator.path = "code"
* section ^slicing.rules = #closed
* section ^slicing.ordered = true
* section ^slicing.description = "Sections in a fixed order: what to do, who decided, how to be sure that it is in force"
* section.title 1..1 MS
* section.title ^short = "Heading"
* section.code 1..1 MS
* section.code ^short = "Which section it is"
* section.code from SummarySectionVS (required)
* section.text 1..1 MS
* section.text ^short = "What it says, as it is shown"
* section.entry MS
* section.entry ^short = "The resources from which it says it"
* section.emptyReason MS
* section.emptyReason ^short = "That nothing is recorded, or that it is withheld"
* section.section 0..0
* insert SummarySection(state, state)
* insert SummarySection(cpr, cpr)
* insert SummarySection(overallFocus, overall-focus)
* insert SummarySection(advanceRefusals, advance-refusals)
* insert SummarySection(interventions, interventions)
* insert SummarySection(whatMatters, what-matters)
* insert SummarySection(contacts, contacts)
* insert SummarySection(sharedUnderstanding, shared-understanding)
* insert SummarySection(capacity, capacity)
* insert SummarySection(preferredPlaces, preferred-places)
* insert SummarySection(medicines, medicines)
* insert SummarySection(identity, identity)
* insert SummarySection(plans, plans)
* insert SummarySection(verify, verify)
