RuleSet: SummarySection(name, code)
* section contains {name} 1..1 MS
* section[{name}].code = SummarySectionCodes#{code}

Profile: KeyInformationSummary
Parent: Composition
Id: key-information-summary
Title: "Key Information Summary"
Description: "What services that meet the person in an emergency need to know, on one page: what decides first and always in the same order, then the rest in the order of the reader's work. Derived from the plans in force; never written by hand. Each section is there even where nothing is recorded, or where it is withheld from the reader, and then says so."
* ^experimental = false
* insert Composed([[the summary]])
* obeys summary-1
* extension contains
    SummaryOrder named order 1..1 MS and
    PlanEdition named edition 0..2 MS
* identifier 1..1 MS
* identifier ^short = "The same for every edition of this person's summary"
* status = #final (exactly)
* type MS
* type = $sct#861421000000109
* type ^short = "End of life care coordination summary"
* subject 1..1 MS
* subject ^short = "The person"
* subject only Reference(PlanPatient)
* date MS
* date ^short = "The moment whose plans it describes"
* author MS
* author ^short = "KeyPlan, which composed it"
* title MS
* title ^short = "What the summary is called where it is shown"
* section 1..* MS
* section ^short = "One section for each part, in the fixed order"
* section ^slicing.discriminator.type = #pattern
* section ^slicing.discriminator.path = "code"
* section ^slicing.rules = #closed
* section ^slicing.description = "Each section once. What decides comes first, in a fixed order"
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
* insert SummarySection(identity, identity)
* insert SummarySection(cpr, cpr)
* insert SummarySection(overallFocus, overall-focus)
* insert SummarySection(advanceRefusals, advance-refusals)
* insert SummarySection(interventions, interventions)
* insert SummarySection(whatMatters, what-matters)
* insert SummarySection(contacts, contacts)
* insert SummarySection(medicines, medicines)
* insert SummarySection(homeCare, home-care)
* insert SummarySection(outOfHours, out-of-hours)
* insert SummarySection(capacity, capacity)
* insert SummarySection(preferredPlaces, preferred-places)
* insert SummarySection(sharedUnderstanding, shared-understanding)
* insert SummarySection(clinical, clinical)
* insert SummarySection(otherDocuments, other-documents)
* insert SummarySection(plans, plans)
* insert SummarySection(verify, verify)

Invariant: summary-1
Description: "Who the person is stands first; what decides (resuscitation, focus, refusals, other treatments) stands next and in this order, unless it is withheld from the reader."
Severity: #error
Expression: "section[0].code.coding.code = 'identity' and (section.where(code.coding.code = 'cpr' and emptyReason.coding.where(code = 'withheld').empty()).exists() implies (section[1].code.coding.code = 'cpr' and section[2].code.coding.code = 'overall-focus' and section[3].code.coding.code = 'advance-refusals' and section[4].code.coding.code = 'interventions'))"
