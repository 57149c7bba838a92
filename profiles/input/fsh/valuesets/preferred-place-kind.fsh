ValueSet: PreferredPlaceKindVS
Id: preferred-place-kind
Title: "Kinds of preferred place"
Description: "Whether a preference is about the place of care or the place of death."
* ^experimental = false
* ^copyright = "SNOMED CT codes are © SNOMED International and used under its licence."
* $sct#395091006 "Preferred place of death"
* $sct#395091006 insert Meaning([[Where the person would like to die. Not where they would like to be cared for: people often differ in the two.]])
// No public guide of the United Kingdom binds a code for the preferred place of care.
* PlanObservationCodes#preferred-place-of-care "Preferred place of care"
