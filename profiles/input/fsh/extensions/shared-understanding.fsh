Extension: SharedUnderstanding
Id: shared-understanding
Title: "Shared understanding of health and circumstances"
Description: "Diagnoses, condition and personal circumstances as understood by the person and the clinician together (ReSPECT section 2). Emergency care plans only."
Context: CarePlan
* insert LocalExtension
* value[x] 1..1
* value[x] only string
