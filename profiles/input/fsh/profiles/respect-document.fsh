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
* status MS
* type MS
* type = $sct#887701000000100
* type ^short = "Emergency health care plan"
* subject 1..1 MS
* subject only Reference(PlanPatient)
* date MS
* date ^short = "When the plan last changed"
* author MS
* title MS
* section 1..* MS
* section ^slicing.discriminator.type = #pattern
* section ^slicing.discriminator.path = "code"
* section ^slicing.rules = #closed
* section ^slicing.ordered = true
* section ^slicing.description = "Sections in a fixed order: what to do, who decided, how to be sure that it is in force"
* section.title 1..1 MS
* section.code 1..1 MS
* section.code from SummarySectionVS (required)
* section.text 1..1 MS
* section.entry MS
* section.emptyReason MS
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
