Profile: PlanPointer
Parent: DocumentReference
Id: plan-pointer
Title: "Pointer to a plan"
Description: "Tells a national record locator that a plan exists, of which kind, who keeps it and where it is read. It holds nothing of what the plan says. Shaped as the National Record Locator of England asks for: one category, one type, a custodian by its ODS code, a pointer identifier, and whether what it leads to changes."
* ^experimental = false
* insert Composed([[the pointer]])
* obeys pointer-1 and pointer-2
* masterIdentifier 1..1 MS
* masterIdentifier ^short = "Identifier of the pointer: ODS code of the custodian, a hyphen, a UUID"
* masterIdentifier.value 1..1 MS
* masterIdentifier.value ^short = "ODS code, hyphen, UUID"
* status MS
* status ^short = "current while the plan is in force; superseded; entered-in-error"
* status ^definition = "Current while the plan is in force. When another plan takes its place the pointer is superseded in the same moment; a pointer to a plan that nothing replaces is taken back."
* type 1..1 MS
* type from PlanPointerTypeVS (required)
* type ^short = "Kind of plan that it leads to"
* type.coding 1..1
* category 1..1 MS
* category = $sct#734163000
* category.coding 1..1
* category ^short = "Care plan"
* subject 1..1 MS
* subject only Reference(PlanPatient)
* subject ^short = "The person, by national number"
* date 1..1 MS
* date ^short = "When the pointer was made"
* author 1..* MS
* author ^short = "Organisation that keeps the plan up to date"
* custodian 1..1 MS
* custodian ^short = "Organisation that answers for the plan, by its ODS code"
* custodian.identifier 1..1 MS
* custodian.identifier ^short = "The ODS code of the organisation"
* custodian.identifier.system 1..1
* custodian.identifier.system = $ods (exactly)
* custodian.identifier.value 1..1 MS
* custodian.identifier.value ^short = "The ODS code"
* relatesTo MS
* relatesTo ^short = "The pointer that this one replaces"
* securityLabel MS
* securityLabel ^short = "How confidential what it leads to is"
* content 1..1 MS
* content ^short = "Where and in which form the plan is read"
* content.extension contains ContentStability named stability 0..1 MS
* content.attachment MS
* content.attachment ^short = "Where the plan is read"
* content.attachment.contentType 1..1 MS
* content.attachment.contentType ^short = "The form in which it is read there"
* content.attachment.url 1..1 MS
* content.attachment.url ^short = "Where the plan is read. Holds no number, name or date of birth of the person"
* content.attachment.data 0..0
* content.attachment.creation MS
* content.attachment.creation ^short = "When what is read there was made"
* content.format MS
* content.format ^short = "How it is read: as a document, or by calling whom it names"

Invariant: pointer-1
Description: "The identifier of the pointer begins with the ODS code of its custodian, followed by a hyphen."
Severity: #error
Expression: "masterIdentifier.value.startsWith(custodian.identifier.value & '-')"

Invariant: pointer-2
Description: "The address at which the plan is read names no person: it has no query."
Severity: #error
Expression: "content.attachment.url.all($this.indexOf('?') = -1)"
